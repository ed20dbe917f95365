package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// quick is a reader for files that may be made to take for ever.
var quick = sync.OnceValue(func() *Reader {
	return New(Config{CacheDir: cacheDir(), Memory: 256 << 20, PageTime: time.Second, FileTime: 2 * time.Second})
})

func deflated(tb testing.TB, content []byte) string {
	tb.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return stream("/Filter /FlateDecode", b.String())
}

// mapped is a page of codes whose font maps them by ranges.
func mapped(tb testing.TB, ranges string) []byte {
	m := newPDF()
	m.objects[3] = fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode %d 0 R >>", m.add(deflated(tb, []byte(ranges))))
	m.page("BT /F 12 Tf 10 100 Td (!\"#) Tj ET", "")
	return m.bytes("")
}

// wide is a page in a font of those widths.
func wide(tb testing.TB, widths func(m *made) string) []byte {
	m := newPDF()
	codes := m.add(deflated(tb, []byte("1 beginbfchar <0041> <0041> endbfchar")))
	m.objects[3] = fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode %d 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W [%s] >>] >>", codes, widths(m))
	m.page("BT /F 12 Tf 10 100 Td <0041> Tj ET", "")
	return m.bytes("")
}

// withForm is a file of one page that content draws, with a form X.
func withForm(content, form string) []byte {
	m := newPDF()
	n := len(m.objects) + 1
	m.add(stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 10 10] /Resources << /XObject << /X %d 0 R >> >>", n), form))
	m.objects[2] = strings.Replace(resources, ">> >>", fmt.Sprintf(">> /XObject << /X %d 0 R >> >>", n), 1)
	m.page(content, "")
	return m.bytes("")
}

// endless are small files that name much.
func endless(tb testing.TB) map[string][]byte {
	tb.Helper()
	ranges := func(r string, n int) string {
		return fmt.Sprintf("%d beginbfrange\n", n) + strings.Repeat(r+"\n", n) + " endbfrange"
	}
	tree := newPDF()
	for n := len(tree.objects) + 1; n < 70; n++ { // each node is named twice by the one above it
		tree.add(fmt.Sprintf("<< /Type /Pages /Count 1 /Kids [%d 0 R %d 0 R] >>", n+1, n+1))
	}
	tree.pages = []string{"11 0 R"}
	again := newPDF()
	spaces := again.add(deflated(tb, bytes.Repeat([]byte(" "), 1<<19)))
	again.pages = append(again.pages, fmt.Sprintf("%d 0 R", again.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources 3 0 R /Contents ["+strings.Repeat(fmt.Sprintf("%d 0 R ", spaces), 30000)+"] >>")))
	many := newPDF()
	many.page(at(60, 700, "ABC"), "")
	return map[string][]byte{
		"ranges of codes that there are not": mapped(tb, ranges("<00> <FFFFFFFF> <0041>", 8000)),
		"ranges of long codes":               mapped(tb, ranges("<00000000> <FFFFFFFF> <0041>", 8000)),
		"long texts of codes":                mapped(tb, ranges("<00> <FF> <"+strings.Repeat("0041", 10000)+">", 20)),
		"widths, again and again":            wide(tb, func(*made) string { return strings.Repeat("0 65535 500 ", 15000) }),
		"one list of widths, again and again": wide(tb, func(m *made) string {
			return strings.Repeat(fmt.Sprintf("0 %d 0 R ", m.add("["+strings.Repeat("500 ", 30000)+"]")), 10000)
		}),
		"pages that name each other twice":            tree.bytes(""),
		"more pages than there are":                   bytes.Replace(many.bytes(""), []byte("/Count 1"), []byte("/Count 2147483647"), 1),
		"a page drawn by one stream, again and again": again.bytes(""),
		"a form that shows itself":                    withForm("/X Do "+at(60, 700, "ABC"), "/X Do /X Do "),
		"a form, again and again":                     withForm(strings.Repeat("/X Do ", 20000)+at(60, 700, "ABC"), strings.Repeat("0 0 m 5 5 l S ", 20000)),
		"a page of a gigabyte":                        gigabyte(tb),
	}
}

// gigabyte is a page of 1 MB that unpacks to 1 GB of drawing, packed twice.
func gigabyte(tb testing.TB) []byte {
	m := newPDF()
	inner := bytes.Repeat([]byte("0 0 m 5 5 l S "), 16<<20/14)
	n := m.add(deflated(tb, inner))
	m.pages = append(m.pages, fmt.Sprintf("%d 0 R", m.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources 3 0 R /Contents ["+strings.Repeat(fmt.Sprintf("%d 0 R ", n), 64)+"] >>")))
	return m.bytes("")
}

// Small files that name much are read, or refused, within the limits of the
// reader: without them some take hours, so that the test would not end.
func TestSmallFilesThatNameMuchAreBounded(t *testing.T) {
	for name, raw := range endless(t) {
		t.Run(name, func(t *testing.T) {
			if len(raw) > 1<<20 {
				t.Errorf("it is no small file: %d bytes", len(raw))
			}
			doc, err := quick().Read(t.Context(), raw, 1<<20)
			if err == nil && len(doc.Text) > 1<<20 {
				t.Errorf("a text of %d bytes", len(doc.Text))
			}
			t.Logf("%.60q, %q, %v", doc.Text, doc.Warnings, err)
		})
	}
	// PDFium still works.
	if doc := read(t, one(korean)); !strings.Contains(doc.Text, "연차는 다음 해로") {
		t.Errorf("got %q", doc.Text)
	}
}

// stopping is a context that ends once PDFium runs: a call looks whether its
// context has ended, and then waits for that beside the module.
type stopping struct {
	context.Context
	stop func()

	mu    sync.Mutex
	asked int
}

func (s *stopping) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked++; s.asked == 2 {
		s.stop()
	}
	return s.Context.Done()
}

// A page can be stopped while PDFium reads it: by who asked for the file, and
// by the limit of time. Then the others are read.
func TestReadingStops(t *testing.T) {
	m := newPDF()
	inner := m.add(stream("/Type /XObject /Subtype /Form /BBox [0 0 10 10]", strings.Repeat("0 0 m 5 5 l S ", 20000)))
	m.objects[2] = strings.Replace(resources, ">> >>", fmt.Sprintf(">> /XObject << /X %d 0 R >> >>", inner), 1)
	m.page(strings.Repeat("/X Do ", 20000)+at(60, 700, "text"), "") // keeps PDFium busy for minutes
	m.page(at(60, 700, "the second page"), "")
	raw := m.bytes("")

	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("stopped by the test")
	for name, tc := range map[string]struct {
		stop func(page context.CancelCauseFunc)
		want error
	}{
		"by who asked": {func(context.CancelCauseFunc) { cancel(reason) }, reason},
		"by the limit": {func(page context.CancelCauseFunc) { page(ErrSlow) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			asked := t.Context()
			if tc.want != nil {
				asked = ctx
			}
			reader := New(Config{CacheDir: cacheDir(), PageTime: time.Hour})
			pages := 0
			reader.within = func(ctx context.Context, most time.Duration, _ error) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancelCause(ctx)
				end := func() { cancel(nil) }
				if most != time.Hour {
					return ctx, end
				}
				if pages++; pages > 1 {
					return ctx, end
				}
				return &stopping{Context: ctx, stop: func() { tc.stop(cancel) }}, end
			}
			defer func() {
				if err := reader.Close(); err != nil {
					t.Error(err)
				}
			}()
			doc, err := reader.Read(asked, raw, 1<<20)
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if tc.want == nil && (!strings.Contains(doc.Text, "the second page") || !strings.Contains(strings.Join(doc.Warnings, ""), "page 1 cannot be read")) {
				t.Errorf("got %q, %q", doc.Text, doc.Warnings)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	small := New(Config{CacheDir: cacheDir(), Memory: 64 << 20})
	defer func() {
		if err := small.Close(); err != nil {
			t.Error(err)
		}
	}()
	m := newPDF()
	m.page(at(60, 700, "text"), "")
	m.objects[10] = deflated(t, bytes.Repeat([]byte("0 0 m 5 5 l S "), 8<<20)) // 112 MB
	m.page(at(60, 700, "the second page"), "")
	doc, err := small.Read(t.Context(), m.bytes(""), 1<<20)
	if err == nil && !strings.Contains(doc.Text, "the second page") || err != nil && !errors.Is(err, ErrMemory) {
		t.Errorf("got %q, %q, %v", doc.Text, doc.Warnings, err)
	}
	t.Logf("%v, %q", err, doc.Warnings)
	if _, err := small.Read(t.Context(), one(at(60, 700, strings.Repeat("text ", 100))), 200); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want %v", err, ErrTooLarge)
	}
}
