package pdf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestPicturesHaveTheSizeAskedFor(t *testing.T) {
	sized := func(box string) []byte {
		m := newPDF()
		m.page(at(10, 10, "text"), "/MediaBox "+box)
		return m.bytes("")
	}
	for name, tc := range map[string]struct {
		raw          []byte
		width        int
		wantW, wantH int
	}{
		"A4":                {sized("[0 0 595 842]"), 1200, 1200, 1698},
		"too narrow":        {sized("[0 0 595 842]"), 1, MinWidth, 142},
		"too wide":          {sized("[0 0 595 842]"), math.MaxInt, MaxWidth, 2830},
		"a very long page":  {sized("[0 0 100 14400]"), 1200, 28, maxHeight},
		"a very wide page":  {sized("[0 0 14400 20]"), 1200, 1200, 2},
		"a page of a mile":  {sized("[0 0 1000000 1000000]"), 2000, 2000, 2000},
		"a page of nothing": {sized("[0 0 0 0]"), 1200, 1200, 1553}, // PDFium takes it for a letter
	} {
		t.Run(name, func(t *testing.T) {
			pic, err := shared().Draw(t.Context(), tc.raw, 1, tc.width)
			if err != nil {
				t.Fatal(err)
			}
			if w, h := pic.Rect.Dx(), pic.Rect.Dy(); w != tc.wantW || h != tc.wantH {
				t.Errorf("%d x %d, want %d x %d", w, h, tc.wantW, tc.wantH)
			}
		})
	}
}

// The values of a form's fields and annotations are on the picture.
func TestPicturesShowAnnotations(t *testing.T) {
	m := newPDF()
	look := m.add(stream("/Type /XObject /Subtype /Form /BBox [0 0 200 18]", "0 0 0 rg 0 0 200 18 re f"))
	field := m.add(fmt.Sprintf("<< /Type /Annot /Subtype /Widget /F 4 /FT /Tx /T (name) /V (x) /Rect [140 725 340 743] /AP << /N %d 0 R >> >>", look))
	m.page("", fmt.Sprintf("/Annots [%d 0 R]", field))
	pic, err := shared().Draw(t.Context(), m.bytes(fmt.Sprintf("/AcroForm << /Fields [%d 0 R] /DR 3 0 R >>", field)), 1, 595)
	if err != nil {
		t.Fatal(err)
	}
	if c := pic.NRGBAAt(240, 842-734); c.R > 50 {
		t.Errorf("the field is %v", c)
	}
	if c := pic.NRGBAAt(240, 842-600); c.R != 255 || c.G != 255 || c.B != 255 {
		t.Errorf("the paper is %v", c)
	}
	if pic, err = shared().Draw(t.Context(), one("1 0 0 rg 0 0 595 842 re f"), 1, 100); err != nil {
		t.Fatal(err)
	}
	if c := pic.NRGBAAt(50, 50); c.R != 255 || c.G != 0 || c.B != 0 || c.A != 255 {
		t.Errorf("red is %v", c)
	}
}

func TestPagesThatCannotBeShown(t *testing.T) {
	good := one(at(60, 700, "text"))
	for name, tc := range map[string]struct {
		raw  []byte
		page int
		want error
	}{
		"page 0":             {good, 0, ErrNoPage},
		"page -1":            {good, -1, ErrNoPage},
		"page 2 of 1":        {good, 2, ErrNoPage},
		"page 1,000,000,000": {good, 1_000_000_000, ErrNoPage},
		"page 2^32 + 1":      {good, 1<<32 + 1, ErrNoPage},
		"not a PDF":          {[]byte(strings.Repeat("no PDF at all ", 100)), 1, ErrDamaged},
		"half a PDF":         {good[:len(good)/3], 1, ErrDamaged},
		"nothing":            {nil, 1, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := shared().Draw(t.Context(), tc.raw, tc.page, 600); !errors.Is(err, tc.want) {
				t.Errorf("drawn: %v, want %v", err, tc.want)
			}
			if _, err := shared().Find(t.Context(), tc.raw, tc.page, Quote{Text: "text"}); !errors.Is(err, tc.want) {
				t.Errorf("found: %v, want %v", err, tc.want)
			}
		})
	}
}

// Small files that name much are shown, or refused, within the limits of the reader.
func TestShowingIsBounded(t *testing.T) {
	for name, raw := range endless(t) {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, drawn := quick().Draw(t.Context(), raw, 1, 600)
			_, found := quick().Find(t.Context(), raw, 1, Quote{Text: "ABC"})
			// The limits are 3 s and 1 s each; the rest is for a busy machine.
			if took := time.Since(began); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			t.Logf("%v, %v", drawn, found)
		})
	}
	if _, err := quick().Draw(t.Context(), one(korean), 1, 600); err != nil { // PDFium still works
		t.Error(err)
	}
}

// What is asked for no more is drawn no more.
func TestShowingStops(t *testing.T) {
	raw := withForm(strings.Repeat("/X Do ", 20000), strings.Repeat("0 0 m 5 5 l S ", 20000)) // keeps PDFium busy for minutes
	reason := errors.New("stopped by the test")
	reader := New(Config{CacheDir: cacheDir(), PageTime: time.Hour, FileTime: time.Hour})
	defer func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, show := range map[string]func(context.Context) error{
		"drawing": func(ctx context.Context) error { _, err := reader.Draw(ctx, raw, 1, 600); return err },
		"finding": func(ctx context.Context) error {
			_, err := reader.Find(ctx, raw, 1, Quote{Text: "ABC"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			reader.within = func(ctx context.Context, most time.Duration, _ error) (context.Context, context.CancelFunc) {
				if most != time.Hour { // the page itself
					return context.WithCancel(ctx)
				}
				return &stopping{Context: ctx, stop: func() { cancel(reason) }}, func() {}
			}
			if err := show(ctx); !errors.Is(err, reason) {
				t.Errorf("got %v, want %v", err, reason)
			}
		})
	}
}

// The longest run is found wherever it is, each letter once.
func TestAlign(t *testing.T) {
	for _, tc := range []struct{ wanted, there, want string }{
		{"the fee is ten", "on top the fee is ten below", "7-20"},
		{"right part of it, left part of it", "left part of it. right part of it, ", "17-34 0-14"},
		{"abc", "xxabcxx", "2-4"},
		{"abcdefghij", "xxabcxx", ""},
		{"", "abc", ""},
		{"abc", "", ""},
		{"연차는 이월됩니다", "남은 연차는 이월됩니다.", "3-11"},
	} {
		matched, err := align(t.Context(), []rune(tc.wanted), []rune(tc.there))
		if err != nil {
			t.Fatal(err)
		}
		var runs []string
		for i := 0; i < len(matched); {
			j := i
			for j+1 < len(matched) && matched[j+1] == matched[j]+1 && matched[j] >= 0 {
				j++
			}
			if matched[i] >= 0 {
				runs = append(runs, fmt.Sprintf("%d-%d", matched[i], matched[j]))
			}
			i = j + 1
		}
		if got := strings.Join(runs, " "); got != tc.want {
			t.Errorf("%q in %q is at %s, want %s", tc.wanted, tc.there, got, tc.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := align(ctx, []rune("abc"), []rune("abc")); !errors.Is(err, context.Canceled) {
		t.Errorf("it does not stop: %v", err)
	}
}

func BenchmarkDraw(b *testing.B) {
	raw := one(strings.Repeat(lines(60, 780, strings.Split(strings.Repeat("The committee asked for a new plan and more.|", 55), "|")...), 1))
	for b.Loop() {
		if _, err := shared().Draw(b.Context(), raw, 1, 1200); err != nil {
			b.Fatal(err)
		}
	}
}
