"""What the queue does for accounts."""

from celery import shared_task

from boxwright.teams import resets


@shared_task(name=resets.MAIL)
def mail_reset(user_id: int) -> None:
    resets.mail(user_id)
