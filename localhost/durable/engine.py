"""Runs orchestrations: delivers events, replays orchestrators, schedules what they ask for."""

from __future__ import annotations

import asyncio
import heapq
import json
import re
import uuid
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localhost.durable import episode, events, transitions
from localhost.durable.episode import Reply
from localhost.durable.events import Event
from localhost.durable.functions import FunctionFailed, Functions
from localhost.durable.ledger import CannotSchedule, TaskLedger
from localhost.durable.sdk import HistoryEventType
from localhost.durable.store import Instance, Message, PendingTimer, QueuedActivity, Store
from localhost.durable.transitions import Scheduled

# While an instance has other tasks in progress, collect completions for this long, or for this many
# times as long as its last replay took, into one episode: every episode replays the whole history.
GATHER_S, REPLAY_PAUSE = 0.004, 3
INSTANCE_ID = re.compile(r"[^@/\\?#\x00-\x1f\x7f][^/\\?#\x00-\x1f\x7f]{0,99}")

OnEvent = Callable[[str, dict[str, Any]], None]


class Conflict(Exception):
    """An unfinished instance has this id."""


class NotFound(LookupError):
    """There is no such instance, or no such function."""


class Finished(Exception):
    """The instance has ended and accepts nothing more."""


class DurableEngine:
    """Orchestrations in one SQLite file.

    Activities run at least once; each completion counts once. `start` continues everything that is
    unfinished. Call every method from the thread of the event loop.
    """

    def __init__(
        self,
        functions: Functions,
        database: Path,
        *,
        max_activities: int,
        max_orchestrators: int,
        activity_timeout_s: float | None,
        on_event: OnEvent,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open the database. Raises StoreError. `activity_timeout_s` None sets no timeout."""
        self._functions = functions
        self._store = Store(database)
        self._activity_timeout_s = activity_timeout_s
        self._on_event = on_event
        self._now = now
        self._replays = ThreadPoolExecutor(max_orchestrators, thread_name_prefix="orchestrator")
        self._orchestrator_slots = asyncio.Semaphore(max_orchestrators)
        self._activity_slots = asyncio.Semaphore(max_activities)
        self._played: dict[str, tuple[str, list[str]]] = {}  # instance -> execution, its history
        self._replay_s: dict[str, float] = {}  # instance -> how long its last replay took
        self._busy: set[str] = set()  # instances with an episode in progress
        self._again: set[str] = set()  # busy instances that got a message meanwhile
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[PendingTimer] = []  # a heap
        self._timer_added = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Continue everything that is unfinished."""
        self._spawn(self._fire_timers())
        for timer in self._store.timers():
            self._watch(timer)
        for activity in self._store.activities():
            self._spawn(self._run_activity(activity))
        for instance_id in self._store.instances_with_messages():
            self._wake(instance_id)

    async def stop(self, grace_s: float) -> None:
        """Let running work finish for at most `grace_s`; the rest continues at the next start."""
        self._stopping = True
        self._timer_added.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._replays.shutdown(wait=False, cancel_futures=True)
        self._store.close()

    # What a client may do.

    def start_instance(self, name: str, instance_id: str | None, raw_input: str | None) -> str:
        """Start an orchestration and return its id. An ended instance of the id is replaced.

        Raises Conflict if an unfinished instance has the id, NotFound for an unknown function,
        ValueError for an invalid id.
        """
        if not self._functions.has_orchestrator(name):
            raise NotFound(
                f"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function."
            )
        instance_id = instance_id or uuid.uuid4().hex
        if not INSTANCE_ID.fullmatch(instance_id):
            raise ValueError(
                f"The instance ID '{instance_id}' is invalid: it must have 1 to 100 characters,"
                " not start with '@' and not contain '/', '\\', '?', '#' or control characters."
            )
        with self._store.transaction():
            conflict = transitions.conflict(self._store.instance(instance_id))
            if conflict:
                raise Conflict(conflict)
            transitions.create(self._store, instance_id, name, raw_input, self._now())
        self._wake(instance_id)
        return instance_id

    def instance(self, instance_id: str) -> Instance | None:
        """Return an instance; None if there is none of this id."""
        return self._store.instance(instance_id)

    def instances(self) -> list[Instance]:
        """List all instances, oldest first."""
        return self._store.instances()

    def history(self, instance_id: str) -> list[Event]:
        """List the stored events of an instance's current execution."""
        return self._store.history(instance_id)

    def raise_event(self, instance_id: str, name: str, input_text: str) -> None:
        """Send an external event. The orchestration need not wait for it yet."""
        self._unfinished(instance_id)
        with self._store.transaction():
            event = events.event_raised(name, input_text, self._now())
            self._store.send(instance_id, None, event)
        self._wake(instance_id)

    def terminate(self, instance_id: str, reason: str) -> None:
        """End an instance now. Its running activities finish, and their results are ignored."""
        instance, now, output = self._unfinished(instance_id), self._now(), json.dumps(reason)
        with self._store.transaction():
            self._store.append_history(
                instance_id,
                [
                    events.execution_terminated(output, now),
                    events.execution_completed("Terminated", output, now),
                ],
            )
            transitions.finish(self._store, instance, "Terminated", output, now)
        self._drop_replay(instance_id)
        self._wake_parent(instance)
        self._on_event(
            "orchestration.terminated", {"instance_id": instance_id, "name": instance.name}
        )

    def suspend(self, instance_id: str, reason: str | None) -> None:
        """Deliver no more events until `resume`. Raises ValueError if the instance is suspended.

        The reason becomes the output until the orchestration ends, as with Azure Storage.
        """
        instance = self._unfinished(instance_id)
        if instance.status == "Suspended":
            raise ValueError("the instance is already suspended")
        self._change_status(
            instance, "Suspended", reason, events.execution_suspended(reason, self._now())
        )

    def resume(self, instance_id: str, reason: str | None) -> None:
        """Deliver events again. Raises ValueError if the instance is not suspended."""
        instance = self._unfinished(instance_id)
        if instance.status != "Suspended":
            raise ValueError("the instance is not suspended")
        self._change_status(
            instance, "Running", reason, events.execution_resumed(reason, self._now())
        )
        self._wake(instance_id)

    def restart(self, instance_id: str, *, new_id: bool) -> str:
        """Start an orchestration again with the same input; return the id of the new run."""
        instance = self.instance(instance_id)
        if instance is None:
            raise NotFound(instance_id)
        return self.start_instance(instance.name, None if new_id else instance_id, instance.input)

    def purge(self, instance_ids: Iterable[str]) -> int:
        """Delete the ended ones among these instances; return how many."""
        purged = 0
        with self._store.transaction():
            for instance_id in instance_ids:
                instance = self.instance(instance_id)
                if instance and instance.is_finished:
                    transitions.forget(self._store, instance_id)
                    self._store.delete_instance(instance_id)
                    purged += 1
        return purged

    def _unfinished(self, instance_id: str) -> Instance:
        instance = self.instance(instance_id)
        if instance is None:
            raise NotFound(instance_id)
        if instance.is_finished:
            raise Finished(instance_id)
        return instance

    def _change_status(
        self, instance: Instance, status: str, reason: str | None, event: Event
    ) -> None:
        output = None if reason is None else json.dumps(reason)
        with self._store.transaction():
            self._store.append_history(instance.id, [event])
            self._store.save_instance(
                replace(instance, status=status, output=output, updated=self._now())
            )

    # Episodes.

    def _wake(self, instance_id: str) -> None:
        """Run an episode soon: the instance has messages."""
        if self._stopping:
            return
        if instance_id in self._busy:
            self._again.add(instance_id)
            return
        self._busy.add(instance_id)
        self._spawn(self._run_episodes(instance_id))

    def _wake_parent(self, instance: Instance) -> None:
        if instance.parent is not None:
            self._wake(instance.parent.instance_id)

    async def _run_episodes(self, instance_id: str) -> None:
        try:
            while True:
                await self._gather(instance_id)
                self._again.discard(instance_id)
                async with self._orchestrator_slots:
                    await self._run_episode(instance_id)
                if self._stopping or instance_id not in self._again:
                    return
        finally:
            self._busy.discard(instance_id)
            if instance_id in self._again:
                self._again.discard(instance_id)
                self._wake(instance_id)

    async def _gather(self, instance_id: str) -> None:
        """Wait for more messages, as long as activities or sub-orchestrations may send some."""
        loop = asyncio.get_running_loop()
        pause_s = max(GATHER_S, REPLAY_PAUSE * self._replay_s.get(instance_id, 0.0))
        until = loop.time() + pause_s
        while self._store.has_tasks_in_progress(instance_id) and loop.time() < until:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(GATHER_S)

    async def _run_episode(self, instance_id: str) -> None:
        """Deliver the messages of an instance and store what its orchestrator answers."""
        instance = self.instance(instance_id)
        messages = self._store.messages(instance_id)
        if (
            instance is None
            or instance.is_finished
            or instance.status == "Suspended"
            or not messages
        ):
            return
        now = self._now()
        ledger = TaskLedger.from_json(instance.ledger)
        inbound = self._inbound(instance, messages, ledger, now)
        context = episode.context_json(
            self._played_events(instance),
            inbound,
            instance_id=instance_id,
            parent_id=instance.parent.instance_id if instance.parent else None,
            raw_input=instance.input,
        )
        loop = asyncio.get_running_loop()
        began = loop.time()
        reply = await loop.run_in_executor(self._replays, self._replay, instance.name, context)
        latest = self.instance(instance_id)
        if latest is None or latest.execution != instance.execution or latest.is_finished:
            return  # terminated or replaced meanwhile
        self._replay_s[instance_id] = loop.time() - began
        self._commit(latest, ledger, messages, inbound, reply, now)

    def _inbound(
        self, instance: Instance, messages: Sequence[Message], ledger: TaskLedger, now: datetime
    ) -> list[Event]:
        """Order the events that an episode delivers, without those of former executions."""
        delivered = ledger.retry_steps_first(
            [
                message.event
                for message in messages
                if message.execution in (None, instance.execution)
            ]
        )
        # ExecutionStarted must be the first event of an execution, whatever arrived before it.
        started = HistoryEventType.EXECUTION_STARTED
        delivered.sort(key=lambda event: event["EventType"] != started)
        if delivered and delivered[0]["EventType"] == started:
            facts = {"instance_id": instance.id, "name": instance.name}
            self._on_event("orchestration.started", facts)
        return [events.episode_started(now), *delivered]

    def _replay(self, name: str, context: str) -> Reply:
        try:
            return episode.parse_reply(self._functions.run_orchestrator(name, context))
        except Exception as error:  # noqa: BLE001 - whatever user code raises fails the orchestration
            return episode.parse_failure(str(error))

    def _commit(
        self,
        instance: Instance,
        ledger: TaskLedger,
        messages: Sequence[Message],
        inbound: Sequence[Event],
        reply: Reply,
        now: datetime,
    ) -> None:
        """Store an episode in one transaction, then start what it has scheduled."""
        outbound, error = self._outbound(instance, ledger, inbound, reply, now)
        status, output = "Completed", reply.output
        if error is not None:
            text = f"Orchestrator function '{instance.name}' failed: {error}"
            status, output = "Failed", json.dumps(text)
        new_input = reply.new_input
        ended = error is not None or (reply.done and new_input is None)
        history = [*inbound, *outbound]
        if ended:
            history.append(events.execution_completed(status, output, now))
        history.append(events.episode_completed(now))
        suspended = instance.status == "Suspended"  # since this episode began
        updated = replace(
            instance,
            status="Suspended" if suspended else "Running",
            custom_status=reply.custom_status or instance.custom_status,
            updated=now,
            ledger=ledger.to_json(),
            episodes=instance.episodes + 1,
        )
        with self._store.transaction():
            self._store.delete_delivered(messages)
            self._store.append_history(instance.id, history)
            self._store.save_instance(updated)
            scheduled = transitions.schedule(
                self._store, updated, outbound, self._functions.has_orchestrator, now
            )
            for task in ledger.canceled_timers(reply.actions):
                self._store.delete_timer(instance.id, instance.execution, task)
            if ended:
                transitions.finish(self._store, updated, status, output, now)
            elif new_input is not None:
                transitions.continue_as_new(self._store, updated, new_input, now)
        if ended or new_input is not None:
            self._drop_replay(instance.id)
        else:
            self._played_events(instance).extend(_to_replay(history))
            for timer in scheduled.timers:
                self._watch(timer)
        self._start_tasks(scheduled)
        if scheduled.refused or new_input is not None:
            self._wake(instance.id)
        if ended:
            self._wake_parent(instance)
            self._report_end(updated, error, now)

    def _start_tasks(self, scheduled: Scheduled) -> None:
        for activity in scheduled.activities:
            self._spawn(self._run_activity(activity))
        for child_id in scheduled.children:
            self._wake(child_id)

    def _outbound(
        self,
        instance: Instance,
        ledger: TaskLedger,
        inbound: Sequence[Event],
        reply: Reply,
        now: datetime,
    ) -> tuple[list[Event], str | None]:
        """Return the events that schedule new tasks, and why the orchestration fails, if it does."""
        # An orchestrator that cannot be called at all is answered with an error and no actions.
        if reply.error is not None and not reply.actions:
            return [], reply.error
        outbound: list[Event] = []
        try:
            outbound += ledger.schedule_retries(inbound, reply.actions, now)
            outbound += ledger.schedule_new(
                reply.actions, now, lambda: self._store.history(instance.id)
            )
        except CannotSchedule as error:
            return outbound, str(error)
        return outbound, reply.error

    def _report_end(self, instance: Instance, error: str | None, now: datetime) -> None:
        facts = {
            "instance_id": instance.id,
            "name": instance.name,
            "duration_ms": round((now - instance.created).total_seconds() * 1000),
            "episodes": instance.episodes,
        }
        if error is None:
            self._on_event("orchestration.completed", facts)
        else:
            self._on_event("orchestration.failed", {**facts, "error": error})

    def _played_events(self, instance: Instance) -> list[str]:
        """Return the history as it is replayed; the caller may extend the list."""
        execution, played = self._played.get(instance.id, (None, []))
        if execution != instance.execution:
            played = _to_replay(self._store.history(instance.id))
            self._played[instance.id] = (instance.execution, played)
        return played

    def _drop_replay(self, instance_id: str) -> None:
        """Free the memory of an execution that has ended."""
        self._played.pop(instance_id, None)
        self._replay_s.pop(instance_id, None)

    # Activities and timers.

    async def _run_activity(self, activity: QueuedActivity) -> None:
        async with self._activity_slots:
            if self._stopping:
                return
            event = await self._outcome(activity)
        with self._store.transaction():
            self._store.delete_activity(activity)
            instance = self.instance(activity.instance_id)
            awaited = (
                instance is not None
                and instance.execution == activity.execution
                and not instance.is_finished
            )
            if awaited:
                self._store.send(activity.instance_id, activity.execution, event)
        if awaited:
            self._wake(activity.instance_id)

    async def _outcome(self, activity: QueuedActivity) -> Event:
        """Run an activity and return the event of its end."""
        try:
            if not self._functions.has_activity(activity.name):
                raise FunctionFailed(f"there is no activity '{activity.name}'")
            result = await asyncio.wait_for(
                self._functions.run_activity(activity.name, activity.input),
                self._activity_timeout_s,
            )
        except (FunctionFailed, TimeoutError) as error:
            reason = str(error) or f"timed out after {self._activity_timeout_s:g} s"
            facts = {"instance_id": activity.instance_id, "name": activity.name, "error": reason}
            self._on_event("activity.failed", facts)
            text = f"Activity function '{activity.name}' failed: {reason}"
            return events.task_failed(activity.task, text, self._now())
        return events.task_completed(activity.task, result, self._now())

    def _watch(self, timer: PendingTimer) -> None:
        heapq.heappush(self._timers, timer)
        self._timer_added.set()

    async def _fire_timers(self) -> None:
        while not self._stopping:
            self._timer_added.clear()
            now = self._now()
            while self._timers and datetime.fromisoformat(self._timers[0].fire_at) <= now:
                self._fire(heapq.heappop(self._timers), now)
            pause_s = None
            if self._timers:
                due = datetime.fromisoformat(self._timers[0].fire_at)
                pause_s = max(0.0, (due - self._now()).total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._timer_added.wait(), pause_s)

    def _fire(self, timer: PendingTimer, now: datetime) -> None:
        with self._store.transaction():
            if self._store.delete_timer(timer.instance_id, timer.execution, timer.task):
                event = events.timer_fired(timer.task, timer.fire_at, now)
                self._store.send(timer.instance_id, timer.execution, event)
        self._wake(timer.instance_id)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _to_replay(history: Iterable[Event]) -> list[str]:
    return [
        episode.as_played(event)
        for event in history
        if event["EventType"] not in events.NOT_REPLAYED
    ]
