"""Makes the platform's users what they are to be. Runs in passport's own image, by `manage.py shell`, as it stands here."""
import json
import os
import sys
import urllib.error
import urllib.request

from django.contrib.auth import get_user_model

User = get_user_model()

with open(os.environ["USERS"], encoding="utf-8") as file:
    wanted = json.load(file)

for one in wanted:
    name, administrator = one["username"], one["administrator"]
    user, made = User.objects.get_or_create(username=name, defaults={"email": one["email"]})
    rights = {"is_active": True, "is_staff": administrator, "is_superuser": administrator}
    changed = [key for key, value in rights.items() if getattr(user, key) != value]
    for key in changed:
        setattr(user, key, rights[key])
    if not user.check_password(one["password"]):
        user.set_password(one["password"])
        changed.append("password")
    if changed:
        user.save()
    print(f"{name}: {'made' if made else ', '.join(changed) or 'is as it should be'}")

# The controller takes a user over at the first login. That it does is what all of this is for.
for one in wanted:
    body = json.dumps({"username": one["username"], "password": one["password"]}).encode()
    request = urllib.request.Request(os.environ["LOGIN_URL"], data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30):
            print(f"{one['username']}: can log in")
    except urllib.error.HTTPError as error:
        # 5xx: the login service is called by its public name, which may lead here later.
        if error.code < 500:
            sys.exit(f"{one['username']}: cannot log in ({error.code})")
        print(f"{one['username']}: no login yet ({error.code}); do the names of the domain lead here?")
    except OSError as error:
        print(f"{one['username']}: no login yet ({error})")
