#!/usr/bin/env python3
"""What the console's queue costs beside the API's list: server time and bytes, side by side over HTTP.

    cargo build --release
    benches/queue_page.py target/release/otinish

It starts the program over an empty folder, fills it by `otinish demo`, signs in a DPO by the API and at the console, and asks for
50 rows in turns. Only Python's own library is needed.
"""
import gzip, html, http.client, json, os, re, socket, statistics, subprocess, sys, tempfile, time
from urllib.parse import urlencode

PASSWORD, EMAIL, ROUNDS = "count the white sheep", "dpo@demo.example.kz", 300


def main(program):
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = {"PATH": os.environ["PATH"], "DATA_DIR": folder, "BIND_ADDR": f"127.0.0.1:{port}",
               "PUBLIC_URL": f"http://127.0.0.1:{port}", "RATE_LIMITS": "off"}
        run = lambda *words, **more: subprocess.run([program, *words], env=env, check=True, stdout=subprocess.DEVNULL, **more)
        run("demo", "--requests", "1000", "--closed", "200")
        run("staff", "add", "--email", EMAIL, "--name", "Saule", "--role", "dpo", "--operator", "demo", "--language", "en",
            "--password-stdin", input=PASSWORD.encode())
        server = subprocess.Popen([program, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            measure(port)
        finally:
            server.terminate()
            server.wait()


def ask(port, method, path, headers=(), body=None, connection=None):
    line = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request(method, path, body, dict(headers))
    answer = line.getresponse()
    return answer, answer.read()


def measure(port):
    for _ in range(200):
        try:
            ask(port, "GET", "/health/ready")
            break
        except OSError:
            time.sleep(0.1)
    login = json.dumps({"email": EMAIL, "password": PASSWORD})
    _, body = ask(port, "POST", "/api/v1/auth/login", {"Content-Type": "application/json"}, login)
    bearer = {"Authorization": "Bearer " + json.loads(body)["access_token"], "Accept-Encoding": "gzip"}
    answer, body = ask(port, "GET", "/staff/sign-in")
    jar = [cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie")]
    token = html.unescape(re.search(r'name="csrf" value="([^"]*)"', body.decode()).group(1))
    form = urlencode({"csrf": token, "email": EMAIL, "password": PASSWORD})
    sent = {"Cookie": "; ".join(jar), "Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(port, "POST", "/staff/sign-in", sent, form)
    assert answer.status == 303, answer.status
    jar += [cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or []]
    # As browsers say it of their own pages: only then a page is compressed.
    cookie = {"Cookie": "; ".join(jar), "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
    ways = {"GET /api/v1/staff/requests": bearer, "GET /staff/requests": cookie}
    times, sizes, texts = {path: [] for path in ways}, {}, {}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for turn in range(ROUNDS + 20):
        for name, headers in ways.items():
            begun = time.perf_counter()
            answer, body = ask(port, "GET", name.split()[1], headers, connection=line)
            took = (time.perf_counter() - begun) * 1000
            assert answer.status == 200, (name, answer.status)
            if turn >= 20:
                times[name].append(took)
            sizes[name] = len(body)
            texts[name] = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    page = texts["GET /staff/requests"].decode()
    assert page.count('<th scope="row">') == 50, page.count('<th scope="row">')
    assets = re.findall(r'(?:href|src)="(/assets/[^"]*|/[^"]*\.(?:css|js|svg)[^"]*)"', page)
    whole = sizes["GET /staff/requests"]
    for path in dict.fromkeys(assets):
        answer, body = ask(port, "GET", path, {"Accept-Encoding": "gzip"})
        print(f"{path}: {len(body)} bytes as sent ({answer.headers.get('Content-Encoding') or 'not compressed'})")
        whole += len(body)
    for name, took in times.items():
        print(f"{name}: median {statistics.median(took):.2f} ms, 95% {sorted(took)[int(len(took) * .95)]:.2f} ms, {sizes[name]} bytes as sent")
    medians = [statistics.median(took) for took in times.values()]
    print(f"The page took {medians[1] / medians[0]:.2f} times as long; with style, script and sign it has {whole / 1024:.1f} KiB.")


main(os.path.abspath(sys.argv[1]))
