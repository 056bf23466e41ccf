"""`havenline witness`: see another installation's ledger grow, and put your name to it. Needs no installation, no database."""

from pathlib import Path
from typing import Annotated

import typer

from havenline.cli.speak import Exit, err, out, stop
from havenline.engines import proof

app = typer.Typer(help="Be a witness to somebody else’s ledger.", no_args_is_help=True, rich_markup_mode="rich")
Folder = Annotated[Path, typer.Argument(help="The witness’s folder: its key, the ledgers that it knows, and what it remembers.")]


@app.command()
def make(
    folder: Folder,
    name: Annotated[str, typer.Option(help="What it is called, such as witness.example.org/w1.", prompt="Name of this witness")],
) -> None:
    """Make a witness, and show its public key.

    Example: havenline witness make /srv/witness --name witness.example.org/w1
    """
    from havenline.site.witness import Place

    try:
        key = Place(folder).make(name)
    except FileExistsError:
        stop(f"{folder} holds a witness already; nothing was changed.", Exit.REFUSED)
    except proof.BadKey as error:
        stop(str(error), Exit.REFUSED)
    except OSError as error:
        stop(f"{folder} cannot be written: {error.strerror}.", Exit.MISSING)
    out.print("Made. Tell its public key to whose ledger it will witness, and to whoever checks that:", soft_wrap=True)
    print(key.public)


@app.command()
def know(folder: Folder, key: Annotated[str, typer.Argument(help="A ledger’s public key, as “havenline ledger key” shows it.")]) -> None:
    """Know a ledger from the next start on; give the new key too when its key was changed.

    Example: havenline witness know /srv/witness 'report.example.org/ledger/1a2b3c4d+5e6f7a8b+AX…'
    """
    from havenline.site.witness import NoWitness, Place

    try:
        read = proof.VerifierKey.read(key)
        if read.kind != proof.SIGNS:
            stop("This is the key of a witness, not of a ledger.", Exit.REFUSED)
        place = Place(folder)
        if read in place.known():
            stop("That key is known already; nothing was changed.", Exit.REFUSED)
        with (folder / "logs").open("a") as file:
            file.write(f"{read}\n")
    except (proof.BadKey, NoWitness) as error:
        stop(str(error), Exit.REFUSED)
    out.print(f"{read.name} is known from the next start on.", soft_wrap=True)


@app.command()
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8700,
) -> None:
    """Serve it, behind your web server with TLS, until asked to end.

    Example: havenline witness serve /srv/witness --port 8700
    """
    from havenline.cli.serve import must_be_free
    from havenline.site import witness

    must_be_free(host, port)
    try:
        witness.serve(witness.Place(folder), host, port)
    except witness.NoWitness as error:
        stop(str(error), Exit.MISSING)


@app.command()
def show(folder: Folder) -> None:
    """Show its key, each ledger that it knows, and evidence against any of them (then the exit code is 1).

    Example: havenline witness show /srv/witness
    """
    from havenline.site.witness import NoWitness, Place, by_origin

    place = Place(folder)
    try:
        print(place.key().public)
        known = by_origin(place.known())
    except NoWitness as error:
        stop(str(error), Exit.MISSING)
    accused = 0
    for origin in known:
        held = place.memory.cosigned(origin)
        size = proof.Checkpoint.read(proof.Note.read(held).text).size if held else 0
        out.print(f"{origin}: {size} entries cosigned", soft_wrap=True, markup=False)
        for one in place.memory.evidence(origin):
            accused += 1
            signed = proof.Checkpoint.read(proof.Note.read(one.offered.partition("\n\n")[2]).text)
            err.print(f"[bold red]{one.kind}:[/] {origin} signed another ledger of {signed.size} entries, after it had shown {size}.")
    if accused:
        err.print(f"The evidence, signed by them, is under {place.memory.path}. Tell their oversight body.", soft_wrap=True)
        raise typer.Exit(Exit.NOT_WELL)
