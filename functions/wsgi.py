"""What gunicorn serves: `gunicorn --config functions/gunicorn.conf.py functions.wsgi:app`."""

from functions.app import application

app = application()
