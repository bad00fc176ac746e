"""What the application sees of a node's options; imported where config.json asks for any."""

from device.mesh import Mesh
from skein import event as e


def face_of(node):
    """The class of `mesh`."""
    if node.cell is None:
        return Mesh
    from device.cell_mesh import CellMesh  # noqa: PLC0415 - here and below: its code takes heap

    return CellMesh


def add_faces(mesh, node) -> None:
    """Put into `mesh` what the application calls of each option."""
    if node.diffusion.summaries:
        from device.summary_face import SummaryFace  # noqa: PLC0415

        mesh.summaries = SummaryFace(node.diffusion.summaries)
    if node.diffusion.queries:
        from device.query_face import QueryFace  # noqa: PLC0415

        mesh.query = QueryFace(node, mesh.runner).query
    if node.replica:
        from device.state_face import StateFace  # noqa: PLC0415

        mesh.state = StateFace(node.replica, mesh.runner)
    if hasattr(node, "updates"):
        from device.update_face import UpdateFace  # noqa: PLC0415

        mesh.updates = UpdateFace(node, mesh.runner)
    sends = node.diffusion.assurances[e.PLAIN]
    if sends:
        from device.sends_face import SendsFace  # noqa: PLC0415

        face = SendsFace(sends, mesh.runner)
        for verb in ("send", "join", "leave_group", "received"):  # on other boards mesh lacks them
            setattr(mesh, verb, getattr(face, verb))
