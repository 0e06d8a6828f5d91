"""A headless Chromium, driven through its DevTools protocol by a pipe, without further packages.

Requests go to the browser's descriptor 3, answers come from its descriptor 4, each a JSON object
that ends with a zero byte.

    python -m tests.chromium URL FILE.png WORD ...    what the window shows once it has the words

Source: https://chromedevtools.github.io/devtools-protocol
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
EVERYTHING_SHOWN = """(function read(node) {
  if (!node) return '';  // the page has only begun to load
  if (node.nodeType === Node.TEXT_NODE) return node.textContent.trim() + ' ';
  if (['STYLE', 'SCRIPT', 'TEMPLATE', 'DOM-MODULE'].includes(node.nodeName)) return '';
  const inside = node.shadowRoot ? [...node.shadowRoot.childNodes] : [];
  const value = node.nodeName === 'INPUT' ? node.value + ' ' : '';
  return value + [...inside, ...node.childNodes].map(read).join('');
})(document.body).replace(/\\s+/g, ' ')"""


def find() -> str | None:
    """The program, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One window; a context manager."""

    def __init__(self, profile: Path, width: int = 1500, height: int = 1000):
        """Starts the browser with an empty profile in the folder `profile`."""
        program = find()
        assert program is not None
        command = [
            *(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--remote-debugging-pipe", f"--user-data-dir={profile}"),
            *(f"--window-size={width},{height}", "about:blank"),
        ]
        (to_read, self._requests), (self._answers, to_write) = os.pipe(), os.pipe()
        # A shell gives the pipes the numbers that the protocol asks for.
        pipes = f'exec "$@" 3<&{to_read} 4>&{to_write}'
        self._process = subprocess.Popen(
            ["bash", "-c", pipes, "bash", *command],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._ids = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        targets = self._ask("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        attached = self._ask("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._requests)  # the browser ends when nobody can ask any more
        os.close(self._answers)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def open(self, url: str) -> None:
        """Begins to load a page."""
        self._ask("Page.navigate", url="about:blank")  # else a change of the #route loads nothing
        self._ask("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        found = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def text_with(self, *words: str, seconds: float = 60) -> str:
        """All text of the page, shadow trees included, as soon as it holds all `words`."""
        deadline = time.monotonic() + seconds
        text = ""
        while time.monotonic() < deadline:
            text = self.run(EVERYTHING_SHOWN)
            if all(word in text for word in words):
                return text
            time.sleep(0.3)
        missing = [word for word in words if word not in text]
        raise AssertionError(f"the page must show {missing}, got {text!r}")

    def screenshot(self, path: Path) -> None:
        """Writes what the window shows as a PNG."""
        path.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        request: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            request["sessionId"] = self._session
        os.write(self._requests, json.dumps(request).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == number:  # all else are events
                assert "error" not in answer, answer
                return answer["result"]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._answers, 1 << 16)
            assert more, "the browser must go on answering, got the end of its pipe"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


if __name__ == "__main__":
    url, file, *words = sys.argv[1:]
    with tempfile.TemporaryDirectory() as profile, Chromium(Path(profile), height=1350) as browser:
        browser.open(url)
        browser.text_with(*words)
        time.sleep(5)  # charts are drawn after their words
        browser.screenshot(Path(file))
