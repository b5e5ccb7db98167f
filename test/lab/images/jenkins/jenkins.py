"""A server that stores a home like Jenkins: keys that are created once, a folder for each job, a folder for each build.

Like Jenkins, it does not start without its plugins, or without a secret to which its configuration refers.
"""

import http.server
import os
import re
import secrets
import signal
import sys
import tempfile
import zipfile

home = os.environ.get("JENKINS_HOME", "/var/jenkins_home")
address = next((o.split("=")[1] for o in sys.argv[1:] if o.startswith("--httpListenAddress=")), "0.0.0.0")


def path(*parts):
    return os.path.join(home, *parts)


def write(file, text):
    """Writes a file atomically, as Jenkins writes its XML."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(file), prefix="atomic")
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.rename(temporary, file)


def check():
    configuration = os.environ["CASC_JENKINS_CONFIG"]
    for name in sorted(os.listdir(configuration)):
        with open(os.path.join(configuration, name)) as document:
            for secret in re.findall(r"(?<!\^)\$\{([^}]+)\}", document.read()):
                with open(os.path.join(os.environ["SECRETS"], secret)) as value:
                    if not value.read().strip():
                        sys.exit(f"the secret {secret} is empty")
    plugins = [name for name in os.listdir(path("plugins")) if name.endswith(".jpi")]
    if not plugins:
        sys.exit("there are no plugins")
    for name in plugins:
        zipfile.ZipFile(path("plugins", name)).close()


class Jenkins(http.server.BaseHTTPRequestHandler):
    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("X-Jenkins", "2.568.2")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, "Sign in\n") if self.path == "/login" else self.answer(403, "Authentication required\n")

    def do_POST(self):
        """Builds a job. Answers with the number of the build when its files are complete."""
        job = re.fullmatch(r"/job/([a-z-]+)/build", self.path)
        if not job:
            return self.answer(404, "no such page\n")
        folder = path("jobs", job[1])
        counter = os.path.join(folder, "nextBuildNumber")
        number = int(open(counter).read()) if os.path.exists(counter) else 1
        build = os.path.join(folder, "builds", str(number))
        write(os.path.join(build, "log"), secrets.token_hex(2048) + "\n")
        write(os.path.join(build, "build.xml"), f"<build><number>{number}</number><result>SUCCESS</result></build>\n")
        write(counter, f"{number + 1}\n")
        self.answer(200, f"{number}\n")

    def log_message(self, *_):
        pass


# As process 1 of its container, it only ends by a signal with a handler.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
os.umask(0o027)
check()
if not os.path.exists(path("secrets", "master.key")):
    write(path("secrets", "master.key"), secrets.token_hex(128))
    write(path("config.xml"), "<hudson/>\n")
# Files of a start, which no backup needs.
for folder in ("war", "caches", "logs", "workspace"):
    write(path(folder, "some"), secrets.token_hex(4096))
http.server.HTTPServer((address, 8080), Jenkins).serve_forever()
