"""Puts together what a run's report shows."""

import os
import platform
import shlex
import sys
import time

from charts import Chart
from checks import is_loss, nothing_failed
from recorded_run import PERCENTILES
from report import Report
from server_processes import processor_name, version_of

# Above this share of a core the generator is the limit, and latencies are its own.
BUSY_GENERATOR = 0.85


def all_checks(stage, recorded):
    """What holds for every kind of run, then what the stage adds."""
    should_fail = recorded.is_fault()
    answered = int((~should_fail).sum())
    checks = [answers_check(stage, recorded, answered)]
    if should_fail.any():
        title = "every request that was wrong on purpose got its status and a sentence"
        checks.append(nothing_failed(title, int(should_fail.sum()), recorded.failures(of_faults=True)))
    return [*checks, *stage.checks(recorded)]


def answers_check(stage, recorded, answered):
    if not stage.may_lose_requests:
        title = "every request was answered, with the trainer's margins, bit for bit"
        return nothing_failed(title, answered, recorded.failures())
    wrong = {what: count for what, count in recorded.failures().items() if not is_loss(what)}
    return nothing_failed("every answer that came equals the trainer's, bit for bit", answered, wrong)


def write_report(folder, arguments, profile, stage, observer, recorded, checks):
    report = Report(f"{arguments.profile}: {profile.title}", all(check.passed is not False for check in checks))
    names = [server.name for server in stage.servers]
    cpu = sum(observer.cpu_seconds(name) for name in names)
    generator_cpu = observer.cpu_seconds("Locust")
    generator = generator_cpu / max(recorded.seconds, 1e-9)
    highest = max((sample[2] for name in names for sample in observer.samples[name]), default=0)
    p50, p95, p99, p999 = recorded.percentiles()
    report.tiles(
        [
            (f"{recorded.request_count:,}", "requests"),
            (f"{recorded.failure_count:,}", "failures"),
            (f"{recorded.request_count / max(recorded.seconds, 1e-9):,.0f} /s", "throughput"),
            (f"{p50:.2f} ms", "median latency"),
            (f"{p99:.2f} ms", "99th percentile"),
            (f"{1e6 * cpu / max(recorded.request_count, 1):,.0f} µs", "server CPU per request"),
            (f"{highest / 1e6:,.0f} MB", "highest resident memory of a server"),
        ]
    )
    report.paragraph(about_the_generator(generator, 1e6 * generator_cpu / max(recorded.request_count, 1)))
    report.heading("Checks")
    report.checks(checks)
    add_charts(report, stage, observer, recorded, names)
    report.heading("Latency by kind of request, ms")
    header = ["request", "count", "failed", *(f"p{percentile:g}" for percentile in PERCENTILES), "longest"]
    total = ["all", f"{recorded.request_count:,}", f"{recorded.failure_count:,}"]
    total += [f"{value:.2f}" for value in (p50, p95, p99, p999, recorded.milliseconds.max(initial=0.0))]
    report.table(header, [total, *kinds(recorded)])
    report.heading("Processor time")
    report.table(*processor_table(observer, recorded, names))
    for title, header, rows in stage.tables:
        if rows:
            report.heading(title)
            report.table(header, rows)
    add_failures(report, recorded)
    add_conditions(report, arguments, stage)
    report.write(folder)


def about_the_generator(cores, micros):
    """What the latencies of a run mean."""
    load, machine = os.getloadavg()[0], os.cpu_count()
    sentences = [
        "Latencies are those that the users measured, Locust's own work in them: a request costs it "
        f"{micros:,.0f} µs of CPU, and it used {100 * cores:.0f} % of a core."
    ]
    if cores > BUSY_GENERATOR:
        sentences.append("It was the bottleneck: the latencies are mostly its own, the throughput is what it can send.")
    if load > 2 * machine:
        sentences.append(
            f"The machine was crowded, which shows in every latency: a load of {load:.0f} on {machine} cores."
        )
    return " ".join(sentences)


def kinds(recorded):
    for name, count, failed, percentiles, longest in recorded.rows_by_name():
        yield [name, f"{count:,}", f"{failed:,}", *(f"{value:.2f}" for value in [*percentiles, longest])]


def processor_table(observer, recorded, names):
    rows = []
    for name in [*names, *(other for other in observer.samples if other not in names)]:
        seconds = observer.cpu_seconds(name)
        rows.append([name, f"{seconds:.1f}", f"{100 * seconds / max(recorded.seconds, 1e-9):.0f}"])
    return ["process", "CPU seconds", "% of a core"], rows


def add_charts(report, stage, observer, recorded, names):
    marks = [(at - recorded.began, text, kind) for at, text, kind in stage.marks() if at >= recorded.began]
    common = {"seconds": recorded.seconds, "marks": marks}
    report.heading("Over time")
    if marks:
        report.paragraph(
            "Lines across are kills and steps that failed, ticks at the foot what else was done to the servers: "
            "a pointer on one tells what."
        )
    width = recorded.window_seconds()
    report.chart(
        Chart(
            "throughput", "Throughput", f"requests/s, windows of {width:g} s", {"all": recorded.throughput()}, **common
        )
    )
    report.chart(
        Chart(
            "latency",
            "Latency",
            f"ms, windows of {width:g} s",
            {f"p{value:g}": recorded.percentile_over_time(value) for value in PERCENTILES},
            logarithmic=True,
            **common,
        )
    )
    report.chart(Chart("users", "Users", "", {"users": recorded.users_over_time()}, seconds=recorded.seconds))

    def over_time(figure, of=names):
        return {
            name: [
                (sample[0] - recorded.began, figure(sample))
                for sample in observer.samples[name]
                if 0 <= sample[0] - recorded.began <= recorded.seconds
            ]
            for name in of
        }

    cores = {name: rates(observer.samples[name], recorded) for name in [*names, "Locust"]}
    report.chart(Chart("processor", "Processor", "cores in use", cores, **common))
    resident = over_time(lambda sample: sample[2] / 1e6)
    report.chart(Chart("memory", "Resident memory", "MB", resident, **common))
    report.chart(Chart("descriptors", "Open descriptors", "", over_time(lambda sample: sample[3]), **common))


def rates(samples, recorded):
    """Cores in use between samples some seconds apart: the kernel counts in ticks of 10 ms."""
    step = max(1, round(recorded.window_seconds() / max(1e-9, median_period(samples))))
    chosen = samples[::step]
    points = []
    for before, after in zip(chosen, chosen[1:]):
        middle = (before[0] + after[0]) / 2 - recorded.began
        if 0 <= middle <= recorded.seconds:
            points.append((middle, (after[1] - before[1]) / max(1e-9, after[0] - before[0])))
    return points


def median_period(samples):
    gaps = sorted(after[0] - before[0] for before, after in zip(samples, samples[1:]))
    return gaps[len(gaps) // 2] if gaps else 1.0


def add_failures(report, recorded):
    found = recorded.failures() + recorded.failures(of_faults=True)
    report.heading("Failures by kind")
    if found:
        report.table(["times", "what was wrong"], [[f"{count:,}", what] for what, count in found.most_common(20)])
    else:
        report.paragraph("None.")


def add_conditions(report, arguments, stage):
    report.heading("Conditions")
    report.code("loadtest/run " + shlex.join(sys.argv[1:]))
    for command in dict.fromkeys(shlex.join(server.command) for server in stage.servers):
        report.code(command)
    report.paragraph(
        f"{processor_name()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; generator and servers "
        f"share the cores; load of the machine at the end {os.getloadavg()[0]:.1f}. "
        f"{version_of(arguments.binary, '--version')}; Locust {locust_version()}; Python {platform.python_version()}. "
        f"{time.strftime('%Y-%m-%d %H:%M:%S %Z')}."
    )


def locust_version():
    from importlib.metadata import version

    return version("locust")
