"""What the users of one run recorded, and the figures that a report shows of it."""

import csv
from collections import Counter

import numpy as np

PERCENTILES = (50, 95, 99, 99.9)
# A percentile over time needs as many requests in each of its windows.
WINDOWS_AT_MOST = 120


class RecordedRun:
    """Requests in the order of their end: begin in seconds since 1970, milliseconds, bytes, name, what was wrong."""

    def __init__(self, path):
        began, took, sizes, names, faults, users = [], [], [], [], [], []
        with open(path, newline="") as file:
            for start, name, milliseconds, size, _, wrong in csv.reader(file):
                if name == "users":
                    users.append((float(start), int(milliseconds)))
                    continue
                began.append(float(start))
                took.append(float(milliseconds))
                sizes.append(int(size))
                names.append(name)
                faults.append(wrong)
        self.starts = np.array(began)
        self.milliseconds = np.array(took)
        self.bytes = np.array(sizes)
        self.names = np.array(names)
        self.faults = np.array(faults)
        self.users = users
        self.began = float(self.starts.min()) if len(began) else 0.0
        self.seconds = float((self.starts + self.milliseconds / 1000).max() - self.began) if len(began) else 0.0

    @property
    def request_count(self):
        return len(self.starts)

    @property
    def failure_count(self):
        return int((self.faults != "").sum())

    def failures(self, of_faults=False):
        """What was wrong and how often, of requests that should be answered or of those that should be refused."""
        chosen = self.is_fault() == of_faults
        return Counter(map(str, self.faults[chosen & (self.faults != "")]))

    def is_fault(self):
        """Whether a request was wrong on purpose."""
        return np.char.startswith(self.names, "refused: ") if len(self.names) else np.array([], dtype=bool)

    def window_seconds(self):
        return max(1.0, np.ceil(self.seconds / WINDOWS_AT_MOST))

    def windows(self):
        """The middle of each window in seconds since the beginning, and its requests' indices."""
        width = self.window_seconds()
        ends = self.starts + self.milliseconds / 1000 - self.began
        number = np.floor(ends / width).astype(int)
        # The last window is not whole.
        for window in range(max(1, int(self.seconds // width))):
            yield (window + 0.5) * width, np.flatnonzero(number == window)

    def throughput(self):
        return [(middle, len(found) / self.window_seconds()) for middle, found in self.windows()]

    def percentile_over_time(self, percentile):
        """A window without enough requests has none."""
        enough = 100 / (100 - percentile)
        return [
            (middle, float(np.percentile(self.milliseconds[found], percentile)) if len(found) >= enough else None)
            for middle, found in self.windows()
        ]

    def users_over_time(self):
        return [(time - self.began, users) for time, users in self.users]

    def percentiles(self, chosen=slice(None)):
        found = self.milliseconds[chosen]
        return [float(value) for value in np.percentile(found, PERCENTILES)] if len(found) else [0.0] * 4

    def rows_by_name(self):
        """For each kind of request: name, count, failures, percentiles and maximum in milliseconds."""
        for name in sorted(set(map(str, self.names)), key=sort_key):
            chosen = self.names == name
            wrong = int((chosen & (self.faults != "")).sum())
            yield name, int(chosen.sum()), wrong, self.percentiles(chosen), float(self.milliseconds[chosen].max())


def sort_key(name):
    """Models first, sizes by number, what is refused last."""
    words = name.replace(",", "").split()
    number = next((int(word) for word in words if word.isdigit()), 0)
    return name.startswith("refused"), name == "ready", words[0], number, name
