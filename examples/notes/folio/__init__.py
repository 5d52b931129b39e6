"""What Folio, the notes app, is made of; `../app.py` joins it to the windows."""
