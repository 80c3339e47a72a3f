"""Looks at processes once a second through /proc: processor time, resident memory, descriptors."""

import threading
import time

from server_processes import TICKS_PER_SECOND, cpu_ticks, descriptor_count, resident_bytes


class Observer:
    """Samples by name: (time, processor seconds since the observation began, resident bytes, descriptors).

    A process may be replaced by another under its name; its processor time goes on where that of the old one ended.
    """

    def __init__(self, period=1.0):
        self.period = period
        self.samples = {}
        self._pids = {}
        self._seconds = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def watch(self, name, pid):
        with self._lock:
            self._pids[name] = (pid, cpu_ticks(pid))
            self._seconds.setdefault(name, 0.0)
            self.samples.setdefault(name, [])

    def forget(self, name):
        """The process is about to end, or has ended: what it has used until now counts."""
        with self._lock:
            self._sample(name)
            self._pids.pop(name, None)

    def start(self):
        self._thread.start()

    def stop(self):
        self._ended.set()
        # What goes wrong before it was started is what should be read, not that it never ran.
        if self._thread.ident is not None:
            self._thread.join(10)

    def _run(self):
        while not self._ended.wait(self.period):
            with self._lock:
                for name in list(self._pids):
                    self._sample(name)

    def _sample(self, name):
        if name not in self._pids:
            return
        pid, before = self._pids[name]
        ticks = cpu_ticks(pid)
        # A process that has ended shows nothing.
        if ticks < before or not (resident := resident_bytes(pid)):
            return
        self._pids[name] = (pid, ticks)
        self._seconds[name] += (ticks - before) / TICKS_PER_SECOND
        self.samples[name].append((time.time(), self._seconds[name], resident, descriptor_count(pid)))

    def cpu_seconds(self, name):
        return self._seconds.get(name, 0.0)
