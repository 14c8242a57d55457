import io

from training.engine.console import Console, clock


def test_a_run_on_a_terminal_is_a_bar_and_lines_that_stay() -> None:
    stream = io.StringIO()
    console = Console(stream)
    console.on_step(2, 4, 5, 10, 1.25, 65)
    console.on_metrics(2, 4, {"loss": 1.25, "AP": None}, 3.0, 6.0)
    console.on_log("No better epoch")
    console.write("done", best_epoch=2, metrics={"AP": 0.5})
    bar, line, log, done = stream.getvalue().replace("\r\x1b[K", "|").replace("\n", "|").strip("|").split("|")
    assert bar == "[#########...............] epoch 2/4  step 5/10  loss 1.250  1:05 left"
    assert line == "epoch 2/4  loss 1.25  AP -  3.0 s"
    assert (log, done) == ("No better epoch", "done: best_epoch 2  metrics AP 0.5")


def test_hours_are_told() -> None:
    assert [clock(5), clock(65), clock(7384)] == ["0:05", "1:05", "2:03:04"]
