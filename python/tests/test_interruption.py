"""Ctrl-C, threads and processes."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import countycast as cc
from conftest import COUNTY, QUICK

# Trains longer than a test waits.
LONG = {"draws": 10_000}


def test_ctrl_c_stops_training_and_the_next_run_is_whole(panel, run):
    # A shell that starts the tests in the background has its children ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        cc.project(panel, config=LONG)
    assert 0.4 < time.monotonic() - started < 5
    again = cc.project(panel, engines=QUICK, states=["IA"])
    assert again.quantiles().to_arrow().equals(run.quantiles().to_arrow())


def test_what_a_handler_raises_is_raised(panel):
    class Enough(Exception):
        pass

    def enough(*_):
        raise Enough

    before = signal.signal(signal.SIGALRM, enough)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Enough):
            cc.project(panel, config=LONG)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_go_on_meanwhile(panel):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.005):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    cc.project(panel, engines=QUICK)
    done.set()
    thread.join()
    longest = max(b - a for a, b in zip(ticks, ticks[1:]))
    assert len(ticks) > 20 and longest < 0.5, "the lock was held"


def test_two_runs_in_two_threads(panel, run):
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: cc.project(panel, engines=QUICK, states=["IA"], jobs=1), range(2)))
    for found in runs:
        assert found.quantiles().to_arrow().equals(run.quantiles().to_arrow())


def projected(panel):
    """In another process: the bytes of a county's quantiles."""
    run = cc.project(panel, engines=QUICK, fips=COUNTY, jobs=2)
    return run.quantiles().to_arrow()["value"].to_pylist()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_of_their_own(panel, run, method):
    expected = run.quantiles(COUNTY).to_arrow()["value"].to_pylist()
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(projected, [panel, panel]) == [expected, expected]


def test_progress_is_told_stage_by_stage(panel, capsys):
    cc.project(panel, engines=["flat"], states=["IA"], progress=True)
    shown = capsys.readouterr().err
    assert "counties" in shown and "states" in shown and "train" in shown
    cc.project(panel, engines=["flat"], states=["IA"])
    assert capsys.readouterr().err == "", "nobody looks"


def test_a_progress_that_fails_stops_the_run(panel, monkeypatch):
    from countycast import _progress

    def fail(*_):
        raise RuntimeError("the screen is gone")

    monkeypatch.setattr(_progress.Bars, "begin", fail)
    with pytest.raises(RuntimeError, match="the screen is gone"):
        cc.project(panel, engines=QUICK, progress=True)
