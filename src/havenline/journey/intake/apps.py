from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "havenline.journey.intake"
    label = "intake"

    def ready(self) -> None:
        """What no text from outside may hold, whichever room takes it."""
        from havenline.foundation.lists import actions as lists
        from havenline.journey.intake import pictures

        lists.check_texts_by(pictures.refuse_in)
