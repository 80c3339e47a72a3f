"""A seeded synthetic set of service telemetry: 37 named features, 5 % of the rows anomalous, of several kinds.

One row is one minute of one service instance. Ordinary rows follow a daily load curve that most features share, and
some of them are harmless excursions (a batch job, a deploy, a cache flush) that look like trouble in a few columns.
Anomalies come in degrees, the slight ones hardly above the noise.
"""

import numpy as np

ANOMALY_FRACTION = 0.05

# Name, typical value, relative noise, share of the load in it.
FEATURES = [
    ("cpu_user_ratio", 0.35, 0.15, 0.8),
    ("cpu_system_ratio", 0.08, 0.20, 0.6),
    ("cpu_iowait_ratio", 0.02, 0.50, 0.3),
    ("cpu_steal_ratio", 0.005, 0.80, 0.0),
    ("load_average_1m", 3.0, 0.20, 0.9),
    ("load_average_5m", 3.0, 0.10, 0.9),
    ("context_switches_per_second", 18000.0, 0.15, 0.7),
    ("runnable_threads", 4.0, 0.30, 0.8),
    ("memory_used_ratio", 0.55, 0.08, 0.2),
    ("memory_cached_ratio", 0.25, 0.10, 0.0),
    ("memory_growth_bytes_per_second", 2000.0, 1.20, 0.2),
    ("swap_used_ratio", 0.01, 0.80, 0.0),
    ("major_page_faults_per_second", 3.0, 0.60, 0.3),
    ("heap_used_ratio", 0.50, 0.12, 0.3),
    ("gc_pause_seconds", 0.020, 0.40, 0.4),
    ("disk_used_ratio", 0.60, 0.10, 0.0),
    ("inode_used_ratio", 0.30, 0.10, 0.0),
    ("disk_read_bytes_per_second", 4.0e6, 0.40, 0.5),
    ("disk_write_bytes_per_second", 9.0e6, 0.35, 0.7),
    ("disk_await_seconds", 0.004, 0.40, 0.3),
    ("disk_utilization_ratio", 0.20, 0.30, 0.5),
    ("network_receive_bytes_per_second", 2.5e7, 0.15, 1.0),
    ("network_transmit_bytes_per_second", 4.0e7, 0.15, 1.0),
    ("network_loss_ratio", 0.0005, 0.70, 0.0),
    ("tcp_retransmits_per_second", 4.0, 0.50, 0.4),
    ("tcp_established_connections", 900.0, 0.10, 0.8),
    ("round_trip_seconds", 0.003, 0.25, 0.1),
    ("dns_latency_seconds", 0.002, 0.40, 0.0),
    ("requests_per_second", 1200.0, 0.10, 1.0),
    ("latency_p50_seconds", 0.012, 0.12, 0.2),
    ("latency_p95_seconds", 0.045, 0.18, 0.3),
    ("latency_p99_seconds", 0.110, 0.25, 0.4),
    ("client_error_ratio", 0.020, 0.35, 0.0),
    ("server_error_ratio", 0.001, 0.70, 0.1),
    ("timeout_ratio", 0.0005, 0.80, 0.2),
    ("queue_depth", 6.0, 0.40, 0.9),
    ("error_log_lines_per_minute", 5.0, 0.60, 0.3),
]
FEATURE_NAMES = [name for name, *_ in FEATURES]

# What an anomaly of full degree multiplies.
ANOMALIES = {
    "cpu_saturation": {
        "cpu_user_ratio": 2.4,
        "cpu_system_ratio": 2.0,
        "load_average_1m": 5.0,
        "load_average_5m": 2.5,
        "runnable_threads": 6.0,
        "latency_p95_seconds": 2.2,
        "latency_p99_seconds": 2.5,
        "queue_depth": 3.0,
    },
    "memory_leak": {
        "memory_used_ratio": 1.65,
        "memory_cached_ratio": 0.25,
        "memory_growth_bytes_per_second": 60.0,
        "heap_used_ratio": 1.8,
        "gc_pause_seconds": 6.0,
        "swap_used_ratio": 12.0,
        "major_page_faults_per_second": 8.0,
    },
    "disk_full": {
        "disk_used_ratio": 1.62,
        "inode_used_ratio": 1.4,
        "disk_write_bytes_per_second": 0.3,
        "disk_await_seconds": 5.0,
        "error_log_lines_per_minute": 9.0,
        "server_error_ratio": 5.0,
    },
    "disk_stall": {
        "disk_await_seconds": 20.0,
        "disk_utilization_ratio": 4.5,
        "cpu_iowait_ratio": 12.0,
        "latency_p99_seconds": 3.5,
        "load_average_1m": 2.5,
    },
    "network_loss": {
        "network_loss_ratio": 60.0,
        "tcp_retransmits_per_second": 25.0,
        "round_trip_seconds": 3.0,
        "network_transmit_bytes_per_second": 0.6,
        "timeout_ratio": 15.0,
        "latency_p99_seconds": 3.0,
    },
    "latency_spike": {
        "latency_p50_seconds": 3.0,
        "latency_p95_seconds": 4.5,
        "latency_p99_seconds": 6.0,
        "queue_depth": 6.0,
        "timeout_ratio": 8.0,
    },
    "error_burst": {
        "server_error_ratio": 60.0,
        "error_log_lines_per_minute": 25.0,
        "client_error_ratio": 1.6,
        "requests_per_second": 0.8,
    },
    "dependency_down": {
        "timeout_ratio": 40.0,
        "server_error_ratio": 25.0,
        "dns_latency_seconds": 8.0,
        "tcp_established_connections": 2.2,
        "cpu_user_ratio": 0.5,
        "requests_per_second": 0.6,
    },
}

# Ordinary life that a single threshold would take for trouble.
EXCURSIONS = {
    "batch_job": {
        "cpu_user_ratio": 2.0,
        "disk_read_bytes_per_second": 6.0,
        "load_average_1m": 2.2,
        "disk_utilization_ratio": 2.5,
    },
    "deploy": {
        "memory_used_ratio": 0.6,
        "heap_used_ratio": 0.4,
        "tcp_established_connections": 0.3,
        "latency_p99_seconds": 1.8,
        "error_log_lines_per_minute": 4.0,
    },
    "cache_flush": {
        "memory_cached_ratio": 0.3,
        "disk_read_bytes_per_second": 5.0,
        "latency_p95_seconds": 1.5,
    },
    "bad_client": {"client_error_ratio": 6.0, "error_log_lines_per_minute": 3.0},
}
EXCURSION_FRACTION = 0.08


def make_telemetry(rows, seed, missing_fraction=0.0):
    """`rows` × 37 float32 values, labels (1: anomalous) and the kind of every row ("normal" or an anomaly's name)."""
    generator = np.random.default_rng(seed)
    typical = np.array([value for _, value, _, _ in FEATURES])
    noise = np.array([relative for _, _, relative, _ in FEATURES])
    share = np.array([load for *_, load in FEATURES])

    load = 1 + 0.5 * np.sin(generator.uniform(0, 2 * np.pi, size=rows)) + 0.1 * generator.standard_normal(rows)
    instance = np.exp(0.12 * generator.standard_normal((rows, len(FEATURES))))
    values = typical * instance * np.exp(noise * generator.standard_normal((rows, len(FEATURES))))
    values *= np.clip(load, 0.2, None)[:, None] ** share

    kinds = np.full(rows, "normal", dtype=object)
    lot = generator.random(rows)
    anomalous = lot < ANOMALY_FRACTION
    kinds[anomalous] = generator.choice(list(ANOMALIES), size=int(anomalous.sum()))
    excursion = lot >= 1 - EXCURSION_FRACTION
    excursion_kinds = generator.choice(list(EXCURSIONS), size=rows)
    degree = 0.35 + 0.65 * generator.beta(2.5, 1.2, size=rows)
    for row in np.flatnonzero(anomalous):
        apply_factors(values[row], ANOMALIES[kinds[row]], degree[row])
    for row in np.flatnonzero(excursion):
        apply_factors(values[row], EXCURSIONS[excursion_kinds[row]], degree[row])

    for column, name in enumerate(FEATURE_NAMES):
        if name.endswith("_ratio"):
            values[:, column] = np.clip(values[:, column], 0, 1)
    values = values.astype(np.float32)
    values[generator.random(values.shape) < missing_fraction] = np.nan
    return values, anomalous.astype(np.int64), kinds


def apply_factors(row, factors, degree):
    for name, factor in factors.items():
        row[FEATURE_NAMES.index(name)] *= factor**degree


def split_telemetry(missing_fraction=0.0):
    """The set that every sample model is trained on, and the held-out part its figures are measured on."""
    training = make_telemetry(60_000, seed=37, missing_fraction=missing_fraction)
    held_out = make_telemetry(20_000, seed=73, missing_fraction=missing_fraction)
    return training, held_out
