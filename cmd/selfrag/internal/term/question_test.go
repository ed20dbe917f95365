package term

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/unicode/norm"
)

func TestQuestion(t *testing.T) {
	const question = "연차는 며칠까지 이월할 수 있습니까?"
	cp949, err := korean.EUCKR.NewEncoder().String(question)
	if err != nil {
		t.Fatal(err)
	}
	wide := func(order binary.AppendByteOrder, mark ...byte) string {
		for _, unit := range utf16.Encode([]rune(question)) {
			mark = order.AppendUint16(mark, unit)
		}
		return string(mark)
	}
	little, big := wide(binary.LittleEndian, 0xff, 0xfe), wide(binary.BigEndian, 0xfe, 0xff)
	for name, typed := range map[string]string{
		"UTF-8": question, "with a mark": "\ufeff" + question, "CP949": cp949, "UTF-16, little": little, "UTF-16, big": big, "NFD": norm.NFD.String(question),
	} {
		if got, err := Question(typed); err != nil || got != question {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for name, typed := range map[string]string{"no text": "\xff\xff\xff\xff", "half of a letter": "How\xe2\x82 many?", "Latin-1": "caf\xe9"} {
		if got, err := Question(typed); err == nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	for name, typed := range map[string]string{"UTF-8": question, "with a mark": "\ufeff" + question, "UTF-16": little} {
		if got, err := io.ReadAll(Typed(iotest.OneByteReader(strings.NewReader(typed)))); err != nil || string(got) != question {
			t.Errorf("read %s by bytes: got %q, %v", name, got, err)
		}
		if got, err := io.ReadAll(Typed(strings.NewReader(typed))); err != nil || string(got) != question {
			t.Errorf("read %s: got %q, %v", name, got, err)
		}
	}
}
