"""Makes codes.json: codes as the Python package qrcode 8.2 draws them.

One code for every version 1-6 and level, the mask going round, and all masks for version 2-Q.
Texts are of every kind of length, some of more than one byte per letter.

    python make_codes.py ../../QRSteganographyTests/Fixtures/codes.json
"""

import json
import sys

import qrcode
from qrcode.util import MODE_8BIT_BYTE, QRData

LEVELS = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}
LETTERS = "A palimpsest is a page that carries an older text under the visible one: naïve 日本語 😀. "


def draw(version, level, mask, length):
    data = (LETTERS * 4).encode()[:length]
    text = data.decode(errors="ignore")
    code = qrcode.QRCode(
        version=version, error_correction=LEVELS[level], mask_pattern=mask, border=0)
    code.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE))
    code.make(fit=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]
    return {"version": version, "level": level, "mask": mask, "text": text, "rows": rows}


def main(path):
    capacities = {
        1: (17, 14, 11, 7), 2: (32, 26, 20, 14), 3: (53, 42, 32, 24),
        4: (78, 62, 46, 34), 5: (106, 84, 60, 44), 6: (134, 106, 74, 58),
    }
    codes = []
    for version, limits in capacities.items():
        for index, (level, limit) in enumerate(zip("LMQH", limits)):
            count = len(codes)
            length = (limit, limit - 1, limit // 2, limit - 2)[count % 4]
            codes.append(draw(version, level, (3 * version + index) % 8, length))
    codes += [draw(2, "Q", mask, 16) for mask in range(8)]
    with open(path, "w") as file:
        json.dump(codes, file, ensure_ascii=False, indent=0)
        file.write("\n")


main(sys.argv[1])
