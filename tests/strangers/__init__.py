"""Papers drawn by other code than the specimens, with other wordings, layouts and type faces.

`python -m tests.strangers --out FOLDER` makes a folder a kind for `models.evaluate`;
`python -m tests.strangers.fields` measures the fields.  Nothing is trained or tuned on them.
"""
