"""The drawings of the look: shapes, clock faces, day ribbons, swim-lanes. `templatetags/look.py` hands them to templates."""
