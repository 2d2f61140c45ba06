"""The latest fans of counties over `serve`, by fifty clients at a time.

python benches/fans.py PROGRAM LAKE [--clients 50] [--seconds 20] [--pace 10] [--jobs 2]

Starts the service over LAKE. Each client has a connection of its own, asks for the fan of a place by chance (seeded), reads it as a
whole, and waits until its next turn: `--pace` turns a second, 0 without waiting. A time runs from a request's turn to the last byte of
its answer, so that a late turn counts as slow. The clients take their share of the same processor. The first second is not counted.
"""

import argparse
import asyncio
import json
import random
import subprocess
import time
import urllib.request


async def client(number, address, places, pace, begin, end, times):
    chance = random.Random(number)
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    turn = begin + (chance.random() / pace if pace else 0)
    while turn < end:
        await asyncio.sleep(max(0, turn - time.perf_counter()))
        place = chance.choice(places)
        writer.write(f"GET /api/places/{place}/fan?model=blend HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        now = time.perf_counter()
        if turn > begin + 1:
            times.append(now - turn)
        turn = turn + 1 / pace if pace else now
    writer.close()


async def ask(address, places, given):
    times = []
    begin = time.perf_counter()
    end = begin + given.seconds + 1
    await asyncio.gather(*[client(n, address, places, given.pace, begin, end, times) for n in range(given.clients)])
    return sorted(times)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("lake")
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--pace", type=float, default=10)
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    command = [given.program, "serve", "--lake", given.lake, "--listen", "127.0.0.1:0", "--jobs", str(given.jobs)]
    service = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address = service.stderr.readline().strip().removeprefix("listening on http://")
        started = time.perf_counter()
        with urllib.request.urlopen(f"http://{address}/api/places") as answer:
            places = [row["fips"] for row in json.load(answer)]
        # The latest day is read into memory meanwhile.
        with urllib.request.urlopen(f"http://{address}/api/places/{places[0]}/fan") as answer:
            answer.read()
        print(f"{len(places)} places; the first answers took {time.perf_counter() - started:.2f} s")
        time.sleep(3)
        times = asyncio.run(ask(address, places, given))
    finally:
        with open(f"/proc/{service.pid}/status") as status:
            memory = next(line.split()[1] for line in status if line.startswith("VmHWM"))
        service.terminate()
        service.wait()
    at = lambda share: 1_000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"{len(times)} answers, {len(times) / given.seconds:.0f} a second; in ms: median {at(0.5):.2f}, 95 % {at(0.95):.2f}, 99 % {at(0.99):.2f}, most {1_000 * times[-1]:.2f}; service {int(memory) / 1_024:.0f} MB")


main()
