package plain

import (
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

// sevenBit writes ISO-2022-KR.
func sevenBit(tb testing.TB, text string) string {
	tb.Helper()
	out, shifted := []byte("\x1b$)C"), false
	for _, b := range []byte(filetest.CP949(tb, text)) {
		if high := b >= 0x80; high != shifted {
			out = append(out, map[bool]byte{true: 0x0e, false: 0x0f}[high])
			shifted = high
		}
		out = append(out, b&0x7f)
	}
	return string(out)
}

// Each case is a fault that was reported of some reader: what must be in the
// text, what must not, and what must be told.
func TestNothingLostNothingSilent(t *testing.T) {
	for name, tc := range map[string]struct {
		of                 content.Reader
		raw                string
		holds, lacks, told []string
	}{
		"a line that names the delimiter":     {CSV, "sep=;\n품목;가격\n사과;1,200\n배;3,000\n", []string{"품목: 사과\n가격: 1,200"}, []string{"sep"}, nil},
		"a quotation mark that never closes":  {CSV, "id,note\n1,\"the 24\"\" screen\n2,all fine\n3,lot B\n4,last \"quoted\" ok\n", []string{"id: 2\nnote: all fine", `id: 4` + "\nnote: last \"quoted\" ok"}, nil, []string{"line 2"}},
		"such a mark before a quoted cell":    {CSV, "id,note\n1,\"열린 따옴표\n2,\"닫힌, 따옴표\"\n3,x\n", []string{"id: 2\nnote: 닫힌, 따옴표\n", "id: 3"}, nil, []string{"line 2"}},
		"a cell of several lines":             {CSV, "id,note\n1,\"one\ntwo \"\"x\"\", three\"\n2,x\n", []string{"id: 1\nnote: one\ntwo \"x\", three\n\nid: 2"}, nil, nil},
		"titles above the headers":            {CSV, "2025년 지점별 방문자 현황,,\n단위: 명,,\n,,\n지점,1월,2월\n부산,1204,1310\n", []string{"지점: 부산\n1월: 1204", "단위: 명"}, nil, nil},
		"titles, and semicolons":              {CSV, "2025년 현황, 단위: 명\n\n지점;1월;2월\n부산;1,2;3\n서울;2;3", []string{"지점: 부산\n1월: 1,2"}, nil, nil},
		"headers in two rows":                 {CSV, "지점,방문자,,매출,\n,상반기,하반기,상반기,하반기\n부산,1,2,3,4\n", []string{"방문자 하반기: 2", "매출 상반기: 3"}, nil, nil},
		"ids above 2^53":                      {jsonLinesText, `{"_id": 9007199254740993, "text": "one", "n": 9007199254740993}` + "\n" + `{"_id": 9007199254740992, "text": "two"}`, []string{"one", "two"}, nil, nil},
		"metadata that fields of ours hide":   {jsonLinesText, `{"_id":"1","text":"alpha","source":"https://wiki/a","document":"D1"}` + "\n" + `{"_id":"2","text":"beta","source":"x"}`, []string{"alpha", "beta"}, nil, []string{"document, source"}},
		"pictures in Markdown":                {Markdown, "# 층 안내\n\n![plan](data:image/png;base64," + strings.Repeat("9bFl", 30000) + ")\n\n회의실은 3층", []string{"회의실은 3층", "![plan](data:image/png)"}, []string{"9bFl"}, nil},
		"one bad byte":                        {Text, strings.Repeat("연차는 5일까지 이월된다.\n", 200) + "x\xffy\n", []string{"이월된다", "x\uFFFDy"}, nil, []string{"line 201, byte 7001"}},
		"one bad byte among letters of ASCII": {Text, strings.Repeat("plain words\n", 100) + "caf\xe9\n", []string{"plain words", "caf\uFFFD"}, nil, []string{"line 101, byte 1203"}},
		"a NUL":                               {Text, strings.Repeat("plain words\n", 100) + "a\x00b\n", []string{"a\uFFFDb"}, nil, []string{"line 101"}},
		"ISO-2022-KR":                         {Text, sevenBit(t, "회의실은 3층에 있다."), []string{"회의실은 3층에 있다."}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckTexts(t, tc.of, tc.raw, tc.holds, tc.lacks, tc.told) })
	}
}
