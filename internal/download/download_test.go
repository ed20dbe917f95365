package download

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server that sends more than a file may have does not fill the disk.
func TestMost(t *testing.T) {
	for name, tc := range map[string]struct {
		most, sent int
		have       int // bytes of an earlier download
		err        string
	}{
		"less": {10, 9, 0, ""}, "all": {10, 10, 0, ""}, "more": {10, 11, 0, "more than the 10 bytes"}, "without end": {10, 1 << 20, 0, "more than the 10 bytes"},
		"the rest": {10, 4, 6, ""}, "more than the rest": {10, 5, 6, "more than the 10 bytes"}, "any": {0, 1 << 20, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "file")
			if tc.have > 0 {
				if err := os.WriteFile(to+".part", make([]byte, tc.have), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			taken := &counter{r: strings.NewReader(strings.Repeat("x", tc.sent))}
			err := File{
				To: to, Patience: time.Minute, Most: int64(tc.most), Failed: func(err error) error { return err }, Progress: func(int64, int64) {},
				Check: func(context.Context, string) error { return nil },
				Open: func(context.Context, int64) (*http.Response, error) {
					status := http.StatusOK
					if tc.have > 0 {
						status = http.StatusPartialContent
					}
					return &http.Response{StatusCode: status, Body: io.NopCloser(taken)}, nil
				},
			}.Get(t.Context())
			if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("got %v, want %q", err, tc.err)
			}
			if _, left := os.Stat(to + ".part"); !errors.Is(left, os.ErrNotExist) {
				t.Errorf("a part is left: %v", left)
			}
			if tc.most > 0 && taken.n > tc.most+1 {
				t.Errorf("%d bytes were read", taken.n)
			}
		})
	}
}

type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestWithoutUser(t *testing.T) {
	for address, want := range map[string]string{
		"https://pypi.org/simple": "https://pypi.org/simple", "https://u:p@mirror/simple": "https://mirror/simple", "https://token@mirror": "https://mirror",
		"https://u:p/q@mirror": "https://mirror", "https://u:p@q@mirror": "https://mirror", "u:p@mirror": "mirror", "u@mirror://x": "mirror://x", "": "",
	} {
		if got := WithoutUser(address); got != want {
			t.Errorf("%q became %q, want %q", address, got, want)
		}
	}
}
