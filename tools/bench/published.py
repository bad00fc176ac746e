"""Figures of peers as others published them: quoted, and not measured here.

Source: the simulator of the Meshtastic project (Meshtasticator, commit a304b7d) and its rules with
the constants of firmware 2.8 and of MeshCore, on five topologies of the same kind that were not
drawn here. By (nodes, trace) and protocol: reach in % of all pairs, transmissions a message,
airtime in ms a delivery, p95 of the delay in s.
"""

SOURCE = "Meshtasticator a304b7d, mean of five other topologies of the same kind"
STOCK = "managed-flood-stock"
FIRMWARE_28 = "managed-flood"
FIRMWARE_28_FAR = "managed-flood-7"
MESHCORE = "meshcore"

PUBLISHED = {
    (10, "iso"): {
        FIRMWARE_28: (83.2, 4.7, 440, 5.2),
        FIRMWARE_28_FAR: (83.9, 5.3, 490, 6.0),
        STOCK: (80.5, 4.8, 711, 5.8),
        MESHCORE: (95.0, 9.6, 729, 5.6),
    },
    (30, "iso"): {
        FIRMWARE_28: (75.1, 8.1, 253, 5.5),
        FIRMWARE_28_FAR: (88.8, 12.1, 319, 8.1),
        STOCK: (76.5, 8.7, 406, 6.0),
        MESHCORE: (99.3, 29.8, 684, 7.8),
    },
    (100, "iso"): {
        FIRMWARE_28: (56.6, 13.6, 166, 5.9),
        FIRMWARE_28_FAR: (87.6, 29.0, 227, 10.2),
        STOCK: (56.8, 14.4, 267, 6.5),
        MESHCORE: (99.0, 99.0, 680, 11.0),
    },
    (100, "p600"): {
        FIRMWARE_28: (51.5, 12.5, 168, 11.6),
        FIRMWARE_28_FAR: (78.0, 25.7, 226, 39.5),
        STOCK: (49.4, 12.7, 271, 29.9),
        MESHCORE: (76.1, 76.4, 699, 44.5),
    },
    (30, "p60"): {
        FIRMWARE_28: (44.3, 6.1, 321, 615.8),
        FIRMWARE_28_FAR: (43.1, 6.7, 367, 810.6),
        STOCK: (31.9, 4.9, 553, 877.2),
        MESHCORE: (43.7, 13.7, 718, 38.2),
    },
    (100, "p60"): {
        FIRMWARE_28: (15.7, 5.3, 233, 1078.4),
        FIRMWARE_28_FAR: (15.2, 5.7, 257, 1266.8),
        STOCK: (10.5, 4.0, 401, 1191.8),
        MESHCORE: (13.0, 13.8, 725, 129.7),
    },
}
