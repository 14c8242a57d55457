#!/bin/sh
# boxwright web | worker QUEUE [CONCURRENCY] | migrate | manage …
set -eu
umask 077
cd /app

case "${1:-web}" in
    web)
        python manage.py collectstatic --noinput --verbosity 0
        exec python -m uvicorn boxwright.asgi:application --host 0.0.0.0 --port 8000 --lifespan off --ws none \
            --no-server-header --no-access-log --no-proxy-headers --timeout-graceful-shutdown 10
        ;;
    worker)
        # Progress, cancel and heartbeats are rows: the workers need not talk to each other.
        exec python -m celery -A boxwright.celery --quiet worker --queues="$2" --concurrency="${3:-1}" --pool=threads \
            --hostname="$2@%h" --loglevel=INFO --without-gossip --without-mingle --without-heartbeat
        ;;
    migrate)
        exec python manage.py migrate --noinput
        ;;
    manage)
        shift
        exec python manage.py "$@"
        ;;
    *)
        echo "usage: boxwright web | worker QUEUE [CONCURRENCY] | migrate | manage …" >&2
        exit 2
        ;;
esac
