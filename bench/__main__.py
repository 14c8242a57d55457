"""`python -m bench [NAME …]`: all benchmarks, or those named, one after the other on a quiet machine."""

import os
import subprocess
import sys

BENCHMARKS = {
    "loop": ["bench.loop"],
    "training": ["bench.training.raccoon"],
    "small_objects": ["bench.training.small_objects"],
    "two_stages": ["bench.training.two_stages"],
    "transfer": ["bench.training.transfer"],
    "peers": ["bench.training.peers", "--sets", "raccoon", "--splits", "0", "--seeds", "0"],
    "continuing": ["bench.training.continuing"],
    "steps": ["bench.training.steps"],
    "classifying": ["bench.training.hymenoptera"],
    "labelling": ["bench.labelling.eight"],
    "hundred": ["bench.labelling.eight", "--people", "100", "--images", "10", "--think", "2"],
    "workbench": ["bench.workbench"],
    "siege": ["bench.siege"],
    "many_boxes": ["bench.labelling.many_boxes"],
    "crowd": ["bench.crowd"],
    "merge": ["bench.labelling.merge"],
    "uploads": ["bench.uploads"],
    "exchange": ["bench.exchange"],
    "suggestions": ["bench.suggestions"],
    "targets": ["bench.targets"],
}


def main(names: list[str]) -> int:
    unknown = set(names) - BENCHMARKS.keys()
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    failed = []
    environment = {**os.environ, "PYTHONPATH": "platform"}
    for name in names or BENCHMARKS:
        print(f"\n{name} (load {os.getloadavg()[0]:.1f} before)", flush=True)
        if subprocess.run([sys.executable, "-m", *BENCHMARKS[name]], env=environment, check=False).returncode:
            failed.append(name)
    print(f"\n{'missed a limit: ' + ', '.join(failed) if failed else 'all within their limits'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
