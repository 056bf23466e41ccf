from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "havenline.journey.takedown"
    label = "takedown"

    def ready(self) -> None:
        from havenline.foundation.post import links as post_links
        from havenline.journey.takedown import links

        post_links.register(links.MAKER, links.make_link)
