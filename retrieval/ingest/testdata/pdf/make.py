# Makes the PDF files here: pip install reportlab; apt-get install fonts-nanum.
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

pages = [
    ["휴가 규정", "남은 연차는 다음 해로 5일까지 이월됩니다.", "Leave carries over until 31 March."],
    ["재택근무", "재택근무는 주 2일까지 할 수 있습니다.", "Two days a week may be worked at home."],
]


def make(path, font, encrypt=None):
    c = canvas.Canvas(path, pagesize=(420, 300), pageCompression=1, encrypt=encrypt, invariant=1)
    c.setTitle("휴가와 재택근무")
    for page in pages:
        y = 260
        for i, line in enumerate(page):
            c.setFont(font, 18 if i == 0 else 11)
            c.drawString(40, y, line)
            y -= 30 if i == 0 else 16
        c.showPage()
    c.save()


pdfmetrics.registerFont(TTFont("Nanum", "/usr/share/fonts/truetype/nanum/NanumGothic.ttf"))
pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
make("korean.pdf", "Nanum")  # an embedded font with its own map to Unicode
make("cid-ksc.pdf", "HYSMyeongJo-Medium")  # a font that is not embedded, UniKS-UCS2-H
make("encrypted.pdf", "Nanum", StandardEncryption("secret", strength=128))
scan = canvas.Canvas("scanned.pdf", pagesize=(200, 100), invariant=1)
scan.rect(10, 10, 50, 50, fill=1)
scan.save()
