"""A hub over Redis (7 or later, or Valkey): `pytron serve --hub hub:redis_hub …`."""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import redis
from pytron.hub import Tail

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
CLAIM = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
"""
APPEND = """
if tonumber(ARGV[1]) ~= tonumber(redis.call('HGET', KEYS[1], 'last') or 0) + 1 then return 0 end
redis.call('HSET', KEYS[1], 'last', ARGV[1])
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1
"""
REBASE = """
local start = tonumber(redis.call('HGET', KEYS[1], 'start') or 0)
redis.call('LTRIM', KEYS[2], math.max(0, ARGV[1] - start), -1)
local last = ARGV[1] + redis.call('LLEN', KEYS[2])
redis.call('HSET', KEYS[1], 'start', ARGV[1], 'base', ARGV[2], 'last', last)
"""
READ = """
local start = tonumber(redis.call('HGET', KEYS[1], 'start') or 0)
local from = tonumber(ARGV[1])
if from < start then
  local base = redis.call('HGET', KEYS[1], 'base') or ''
  return {start, base, redis.call('LRANGE', KEYS[2], 0, -1)}
end
return {-1, '', redis.call('LRANGE', KEYS[2], from - start, -1)}
"""


@contextmanager
def asking() -> Generator[None]:
    """What Redis says when it does not answer, as hubs say it."""
    try:
        yield
    except redis.RedisError as error:
        raise ConnectionError(str(error)) from error


class RedisHub:
    """All keys begin with a prefix: one Redis may serve several apps."""

    def __init__(self, client: redis.Redis, prefix: str) -> None:
        self._redis: Any = client
        self._prefix = prefix
        scripts = (CLAIM, RELEASE, APPEND, REBASE, READ)
        made: list[Any] = [client.register_script(script) for script in scripts]
        self._claim, self._release, self._append, self._rebase, self._read = made

    def _name(self, key: str) -> str:
        return f"{self._prefix}:{key}"

    def put(self, key: str, value: bytes, keep_s: float) -> None:
        with asking():
            self._redis.set(self._name(key), value, px=int(keep_s * 1000))

    def take(self, key: str) -> bytes | None:
        with asking():
            return self._redis.getdel(self._name(key))

    def claim(self, key: str, owner: str, keep_s: float) -> bool:
        words = [owner, int(keep_s * 1000)]
        with asking():
            return bool(self._claim(keys=[self._name(f"claim:{key}")], args=words))

    def release(self, key: str, owner: str) -> None:
        with asking():
            self._release(keys=[self._name(f"claim:{key}")], args=[owner])

    def publish(self, topic: str, message: bytes) -> None:
        with asking():
            self._redis.publish(self._name(topic), message)

    def subscribe(self, topic: str, take: Callable[[bytes], object]) -> Callable[[], None]:
        stopped = threading.Event()
        # Ready when this returns: what is published from now on is heard.
        with asking():
            heard = self._redis.pubsub(ignore_subscribe_messages=False)
            heard.subscribe(self._name(topic))
            heard.get_message(timeout=10)

        def listen() -> None:
            while not stopped.is_set():
                try:
                    message = heard.get_message(timeout=0.2)
                except redis.RedisError:
                    stopped.wait(1.0)  # it is asked again, and subscribes anew by itself
                    continue
                if message is not None and message["type"] == "message":
                    take(message["data"])
            heard.close()

        listener = threading.Thread(target=listen, name="redis-hub", daemon=True)
        listener.start()

        def stop() -> None:
            stopped.set()
            listener.join(10)

        return stop

    def append(self, log: str, number: int, entry: bytes) -> bool:
        with asking():
            return bool(self._append(keys=self._log(log), args=[number, entry]))

    def rebase(self, log: str, number: int, base: bytes) -> None:
        with asking():
            self._rebase(keys=self._log(log), args=[number, base])

    def read(self, log: str, number: int) -> Tail:
        with asking():
            start, base, entries = self._read(keys=self._log(log), args=[number])
        return Tail(None if start < 0 else start, base, entries)

    def _log(self, log: str) -> list[str]:
        return [self._name(f"log:{log}"), self._name(f"log:{log}:entries")]


def redis_hub() -> RedisHub:
    """The hub of this deployment."""
    url = os.environ.get("REDIS_URL", "redis://localhost:6379")
    client = redis.Redis.from_url(url, socket_timeout=5.0)  # pyright: ignore[reportUnknownMemberType] - redis-py's own
    return RedisHub(client, os.environ.get("APP_PREFIX", "guestbook"))
