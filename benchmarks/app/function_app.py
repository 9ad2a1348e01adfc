"""An orchestration of trivial activities; its input is their number."""

import azure.durable_functions as df

app = df.DFApp()


@app.orchestration_trigger(context_name="context")
def fan(context):
    numbers = yield context.task_all(
        [context.call_activity("same", number) for number in range(context.get_input())]
    )
    return sum(numbers)


@app.activity_trigger(input_name="number")
def same(number: int) -> int:
    return number
