"""Runs orchestrations: delivers events, replays, schedules what the replay asks for."""

from __future__ import annotations

import asyncio
import heapq
import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localhost.durable import episode, rows
from localhost.durable.episode import Event, Plan, Reply
from localhost.durable.functions import FunctionFailed, Functions
from localhost.durable.rows import FINISHED, UNFINISHED
from localhost.durable.store import Store

# While others are under way, completions that come within this time, or within as much as the last
# replay took, are one episode: each costs a replay of the whole history.
GATHER_S = 0.004
INSTANCE_ID = re.compile(r"[^@/\\?#\x00-\x1f\x7f][^/\\?#\x00-\x1f\x7f]{0,99}")

OnEvent = Callable[[str, dict[str, Any]], None]


class Conflict(Exception):
    """An instance of this id is running."""


class NotFound(LookupError):
    """There is no such instance, or no such function."""


class Finished(Exception):
    """The instance has ended; nothing can be done to it."""


class DurableEngine:
    """Orchestrations in one SQLite file.

    Activities run at least once; a completion counts once. Everything unfinished goes on at the
    next `start`. All methods are for the event loop's thread.
    """

    def __init__(
        self,
        functions: Functions,
        database: Path,
        *,
        hub_name: str,
        max_activities: int,
        max_orchestrators: int,
        activity_timeout: float | None,
        on_event: OnEvent,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`activity_timeout`: seconds after which an activity counts as failed; None: never."""
        self.hub_name = hub_name
        self._functions = functions
        self._store = Store(database)
        self._activity_timeout = activity_timeout
        self._on_event = on_event
        self._now = now
        self._replays = ThreadPoolExecutor(max_orchestrators, thread_name_prefix="orchestrator")
        self._orchestrator_slots = asyncio.Semaphore(max_orchestrators)
        self._activity_slots = asyncio.Semaphore(max_activities)
        self._sent: dict[str, tuple[str, list[str]]] = {}  # instance -> execution, events as sent
        self._replay_s: dict[str, float] = {}  # how long an instance's last replay took
        self._busy: set[str] = set()  # instances with an episode under way
        self._again: set[str] = set()  # of these, the ones that have got events meanwhile
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[tuple[str, str, str, int]] = []  # fire_at, instance, execution, task
        self._timer_set = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Go on with everything that is unfinished."""
        self._spawn(self._fire_timers())
        for row in self._store.rows("SELECT * FROM timers"):
            self._watch(row["fire_at"], row["instance"], row["execution"], row["task"])
        for row in self._store.rows("SELECT * FROM work ORDER BY id"):
            self._spawn(self._run_activity(row))
        for row in self._store.rows("SELECT DISTINCT instance FROM inbox"):
            self._wake(row["instance"])

    async def stop(self, grace_seconds: float) -> None:
        """Let what runs finish for at most `grace_seconds`; the rest goes on at the next start."""
        self._stopping = True
        self._timer_set.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._replays.shutdown(wait=False, cancel_futures=True)
        self._store.close()

    # What a client may do.

    def start_instance(self, name: str, instance: str | None, raw_input: str | None) -> str:
        """Start an orchestration; its id.

        An ended instance of the id is replaced. Raises Conflict if it runs, NotFound for an unknown
        function, ValueError for an id that cannot be one.
        """
        if not self._functions.has_orchestrator(name):
            raise NotFound(
                f"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function."
            )
        instance = instance or uuid.uuid4().hex
        if not INSTANCE_ID.fullmatch(instance):
            raise ValueError(
                f"The instance ID '{instance}' is invalid: it must have 1 to 100 characters,"
                " not start with '@' and not contain '/', '\\', '?', '#' or control characters."
            )
        with self._store.transaction() as db:
            found = self.instance(instance)
            if found and found["status"] in UNFINISHED:
                raise Conflict(
                    f"An Orchestration instance with the status {found['status']} already exists."
                )
            rows.create(db, instance, name, raw_input, self._now())
        self._wake(instance)
        return instance

    def instance(self, instance: str) -> sqlite3.Row | None:
        """The row of an instance."""
        return self._store.row("SELECT * FROM instances WHERE id = ?", instance)

    def instances(self) -> list[sqlite3.Row]:
        """All rows, oldest first."""
        return self._store.rows("SELECT * FROM instances ORDER BY created, id")

    def history(self, instance: str) -> list[Event]:
        """The stored events of an instance's current execution."""
        found = self._store.rows(
            "SELECT event FROM history WHERE instance = ? ORDER BY seq", instance
        )
        return [json.loads(row["event"]) for row in found]

    def raise_event(self, instance: str, name: str, input_text: str) -> None:
        """Send an external event, also to an orchestration that does not wait for it yet."""
        self._running(instance)
        with self._store.transaction() as db:
            rows.send(db, instance, None, episode.raised(name, input_text, self._now()))
        self._wake(instance)

    def terminate(self, instance: str, reason: str) -> None:
        """End it now; running activities finish, their results are ignored."""
        found, now, output = self._running(instance), self._now(), json.dumps(reason)
        last = [episode.terminated(output, now), episode.ended("Terminated", output, now)]
        with self._store.transaction() as db:
            rows.remember(db, instance, last)
            rows.finish(db, found, "Terminated", output, now)
        self._wake_parent(found)
        self._on_event("orchestration.terminated", {"instance_id": instance, "name": found["name"]})

    def suspend(self, instance: str, reason: str) -> None:
        """Deliver no more events until `resume`. Raises ValueError if it is suspended."""
        self._set_suspended(self._running(instance), True)

    def resume(self, instance: str, reason: str) -> None:
        """Go on. Raises ValueError if it is not suspended."""
        self._set_suspended(self._running(instance), False)
        self._wake(instance)

    def restart(self, instance: str, *, new_id: bool) -> str:
        """Start it again with the same input; the id of the new run."""
        found = self.instance(instance)
        if found is None:
            raise NotFound(instance)
        return self.start_instance(found["name"], None if new_id else instance, found["input"])

    def purge(self, instances: list[str]) -> int:
        """Forget ended instances; how many."""
        purged = 0
        with self._store.transaction() as db:
            for instance in instances:
                found = self.instance(instance)
                if found and found["status"] in FINISHED:
                    rows.forget(db, instance)
                    db.execute("DELETE FROM instances WHERE id = ?", (instance,))
                    purged += 1
        return purged

    def _running(self, instance: str) -> sqlite3.Row:
        found = self.instance(instance)
        if found is None:
            raise NotFound(instance)
        if found["status"] in FINISHED:
            raise Finished(instance)
        return found

    def _set_suspended(self, found: sqlite3.Row, suspended: bool) -> None:
        if bool(found["suspended"]) == suspended:
            raise ValueError(f"the instance is {'already' if suspended else 'not'} suspended")
        with self._store.transaction() as db:
            db.execute(
                "UPDATE instances SET suspended = ?, status = ?, updated = ? WHERE id = ?",
                (suspended, "Suspended" if suspended else "Running", self._iso(), found["id"]),
            )

    # Episodes.

    def _wake(self, instance: str) -> None:
        """There are events for this instance."""
        if self._stopping:
            return
        if instance in self._busy:
            self._again.add(instance)
            return
        self._busy.add(instance)
        self._spawn(self._run_episodes(instance))

    def _wake_parent(self, found: sqlite3.Row) -> None:
        if found["parent"] is not None:
            self._wake(found["parent"])

    async def _run_episodes(self, instance: str) -> None:
        try:
            while True:
                if rows.has_tasks_under_way(self._store, instance):
                    await asyncio.sleep(max(GATHER_S, self._replay_s.get(instance, 0.0)))
                self._again.discard(instance)
                async with self._orchestrator_slots:
                    await self._run_episode(instance)
                if self._stopping or instance not in self._again:
                    return
        finally:
            self._busy.discard(instance)
            if instance in self._again:
                self._again.discard(instance)
                self._wake(instance)

    async def _run_episode(self, instance: str) -> None:
        """Deliver what is in the inbox."""
        found = self.instance(instance)
        inbox = self._store.rows("SELECT * FROM inbox WHERE instance = ? ORDER BY id", instance)
        if found is None or found["status"] in FINISHED or found["suspended"] or not inbox:
            return
        plan = Plan.from_json(found["plan"])
        now = self._now()
        events = [
            json.loads(row["event"])
            for row in inbox
            if row["execution"] in (None, found["execution"])
        ]
        # ExecutionStarted is the first event of an execution, whatever came before it.
        events = sorted(
            episode.order(events, plan), key=lambda e: e["EventType"] != episode.STARTED
        )
        inbound = [episode.marker(episode.EPISODE_STARTED, now), *events]
        if events and events[0]["EventType"] == episode.STARTED:
            self._on_event(
                "orchestration.started", {"instance_id": instance, "name": found["name"]}
            )
        sent = self._sent_events(found)
        context = episode.context_json(
            sent,
            inbound,
            instance=instance,
            parent=found["parent"],
            raw_input=found["input"],
        )
        loop = asyncio.get_running_loop()
        began = loop.time()
        reply = await loop.run_in_executor(self._replays, self._replay, found["name"], context)
        self._replay_s[instance] = loop.time() - began
        latest = self.instance(instance)
        if (
            latest is None
            or latest["execution"] != found["execution"]
            or latest["status"] in FINISHED
        ):
            return  # terminated or replaced meanwhile
        self._commit(latest, plan, inbox, inbound, reply, now)

    def _replay(self, name: str, context: str) -> Reply:
        try:
            return episode.parse_reply(self._functions.run_orchestrator(name, context))
        except Exception as error:  # noqa: BLE001  # whatever the user's code raises fails the orchestration
            return episode.parse_failure(str(error))

    def _commit(
        self,
        found: sqlite3.Row,
        plan: Plan,
        inbox: list[sqlite3.Row],
        inbound: list[Event],
        reply: Reply,
        now: datetime,
    ) -> None:
        """Write down what the episode has read and asked for: one transaction, then act on it."""
        instance, error = found["id"], reply.error
        outbound: list[Event] = []
        # An orchestrator that fails to load or to start answers with an error and no actions.
        if reply.actions or not error:
            try:
                outbound += episode.retry_steps(inbound, reply.actions, plan, now)
                outbound += episode.user_steps(
                    reply.actions, plan, now, lambda: self.history(instance)
                )
            except ValueError as problem:
                error = str(problem)
        status, output = "Completed", reply.output
        if error is not None:
            text = f"Orchestrator function '{found['name']}' failed: {error}"
            status, output = "Failed", json.dumps(text)
        over = error is not None or (reply.done and not reply.continued)
        plan.episodes += 1
        canceled = episode.newly_canceled(reply.actions, plan)
        events = [*inbound, *outbound]
        events += [episode.ended(status, output, now)] if over else []
        events.append(episode.marker(episode.EPISODE_COMPLETED, now))
        with self._store.transaction() as db:
            db.executemany("DELETE FROM inbox WHERE id = ?", [(row["id"],) for row in inbox])
            rows.remember(db, instance, events)
            db.execute(
                "UPDATE instances SET plan = ?, updated = ?, status = CASE status WHEN 'Pending' THEN"
                " 'Running' WHEN 'ContinuedAsNew' THEN 'Running' ELSE status END,"
                " custom_status = COALESCE(?, custom_status) WHERE id = ?",
                (plan.to_json(), self._iso(), reply.custom_status, instance),
            )
            scheduled = rows.schedule(db, found, outbound, self._functions.has_orchestrator, now)
            db.executemany(
                "DELETE FROM timers WHERE instance = ? AND execution = ? AND task = ?",
                [(instance, found["execution"], task) for task in canceled],
            )
            if over:
                rows.finish(db, found, status, output, now)
            elif reply.continued:
                rows.continue_as_new(db, found, reply.continued["input"], now)
        if over or reply.continued:
            self._sent.pop(instance, None)
            self._replay_s.pop(instance, None)
        else:
            self._sent_events(found).extend(_to_send(events))
            for fire_at, task in scheduled.timers:
                self._watch(fire_at, instance, found["execution"], task)
        for row in scheduled.work:
            self._spawn(self._run_activity(row))
        for child in scheduled.children:
            self._wake(child)
        if scheduled.answered or reply.continued:
            self._wake(instance)
        if over:
            self._wake_parent(found)
            self._tell_end(found, plan, error, now)

    def _tell_end(self, found: sqlite3.Row, plan: Plan, error: str | None, now: datetime) -> None:
        took = now - datetime.fromisoformat(found["created"])
        facts = {
            "instance_id": found["id"],
            "name": found["name"],
            "duration_ms": round(took.total_seconds() * 1000),
            "episodes": plan.episodes,
        }
        if error is None:
            self._on_event("orchestration.completed", facts)
        else:
            self._on_event("orchestration.failed", {**facts, "error": error})

    def _sent_events(self, found: sqlite3.Row) -> list[str]:
        execution, sent = self._sent.get(found["id"], (None, []))
        if execution != found["execution"]:
            sent = _to_send(self.history(found["id"]))
            self._sent[found["id"]] = (found["execution"], sent)
        return sent

    # Activities and timers.

    async def _run_activity(self, work: sqlite3.Row) -> None:
        instance, task, name = work["instance"], work["task"], work["name"]
        async with self._activity_slots:
            if self._stopping:
                return
            try:
                if not self._functions.has_activity(name):
                    raise FunctionFailed(f"there is no activity '{name}'")
                result = await asyncio.wait_for(
                    self._functions.run_activity(name, work["input"], instance_id=instance),
                    self._activity_timeout,
                )
            except (FunctionFailed, TimeoutError) as error:
                reason = str(error) or f"timed out after {self._activity_timeout:g} s"
                text = f"Activity function '{name}' failed: {reason}"
                event = episode.completion(
                    episode.TASK_FAILED, self._now(), task, Reason=text, Details=""
                )
                self._on_event(
                    "activity.failed", {"instance_id": instance, "name": name, "error": reason}
                )
            else:
                event = episode.completion(episode.TASK_COMPLETED, self._now(), task, Result=result)
        with self._store.transaction() as db:
            db.execute("DELETE FROM work WHERE id = ?", (work["id"],))
            found = self.instance(instance)
            awaited = (
                found and found["execution"] == work["execution"] and found["status"] in UNFINISHED
            )
            if awaited:
                rows.send(db, instance, work["execution"], event)
        if awaited:
            self._wake(instance)

    def _watch(self, fire_at: str, instance: str, execution: str, task: int) -> None:
        heapq.heappush(self._timers, (fire_at, instance, execution, task))
        self._timer_set.set()

    async def _fire_timers(self) -> None:
        while not self._stopping:
            self._timer_set.clear()
            now = self._now()
            while self._timers and datetime.fromisoformat(self._timers[0][0]) <= now:
                fire_at, instance, execution, task = heapq.heappop(self._timers)
                with self._store.transaction() as db:
                    fired = db.execute(
                        "DELETE FROM timers WHERE instance = ? AND execution = ? AND task = ?",
                        (instance, execution, task),
                    ).rowcount
                    if fired:
                        event = episode.completion(episode.TIMER_FIRED, now, task, FireAt=fire_at)
                        rows.send(db, instance, execution, event)
                self._wake(instance)
            pause = None
            if self._timers:
                due = datetime.fromisoformat(self._timers[0][0])
                pause = max(0.0, (due - self._now()).total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._timer_set.wait(), pause)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _iso(self) -> str:
        return episode.iso(self._now())


def _to_send(events: list[Event]) -> list[str]:
    return [
        episode.as_played(event) for event in events if event["EventType"] not in episode.NOT_SENT
    ]
