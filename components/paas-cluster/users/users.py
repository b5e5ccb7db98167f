"""Creates and updates the users of the platform. Runs in the image of passport, with `manage.py shell`."""
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
    print(f"{name}: {'created' if made else ', '.join(changed) or 'unchanged'}")

# The controller copies a user at its first login, so log in once as each user.
for one in wanted:
    body = json.dumps({"username": one["username"], "password": one["password"]}).encode()
    request = urllib.request.Request(os.environ["LOGIN_URL"], data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30):
            print(f"{one['username']}: can log in")
    except urllib.error.HTTPError as error:
        # 5xx: the controller calls the login service by its public name. Its DNS record can come later.
        if error.code < 500:
            sys.exit(f"{one['username']}: cannot log in ({error.code})")
        print(f"{one['username']}: no login yet ({error.code}); check the DNS records of the domain")
    except OSError as error:
        print(f"{one['username']}: no login yet ({error})")
