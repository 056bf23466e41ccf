"""What the process that answers receipts serves: to the public process, over a socket or a private network, and to nobody else."""

from django.urls import path

from havenline.journey.intake.views import answering

urlpatterns = [path("", answering.answer, name="answer_receipt")]
