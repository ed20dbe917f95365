package screentest

import "testing"

func TestScreen(t *testing.T) {
	s := New(6)
	for _, c := range []struct {
		write, want string
		row, col    int
	}{
		{"ab한", "ab한", 0, 4},
		{"글\r\n", "ab한글\n", 1, 0},
		{"\x1b[1", "ab한글\n", 1, 0},
		{"A\x1b[3G국\x1b[0K", "ab국\n", 0, 4},
		{"123", "ab국12\n3", 1, 1},
		{"\x1b[1A\r\x1b[J", "", 0, 0},
	} {
		s.Write(c.write)
		if s.String() != c.want || s.Row != c.row || s.Col != c.col {
			t.Errorf("after %q: %q at %d, %d; want %q at %d, %d", c.write, s, s.Row, s.Col, c.want, c.row, c.col)
		}
	}
}
