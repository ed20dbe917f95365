package call

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

// insist makes a call for text and repeats it if that may help: with more room if
// the limit ended the text before the first word, and once if the answer broke
// off. Each repetition counts as a call in the budget.
func (c *Caller) insist(ctx context.Context, req request, onToken func(string)) (reply, error) {
	limit, room, again, grew := req.maxTokens, int(c.memory.room.Load()), false, false
	if req.think && room == 0 {
		room = rooms()[0]
	}
	out := &resumed{write: onToken}
	if onToken != nil {
		onToken = out.add
	}
	for {
		req.limit, req.maxTokens = limit, limit+room
		r, err := c.metered(ctx, req, func(ctx context.Context, req request) (reply, error) { return c.generate(ctx, req, onToken) })
		var none *NoTextError
		var broke brokenOff
		switch {
		case err == nil:
			if grew {
				c.memory.needs(room)
			}
			return r, nil
		case errors.As(err, &none) && none.limit:
			next, ok := roomier(room)
			if !ok {
				return r, err
			}
			room, grew = next, true
		case errors.As(err, &broke) && broke.BrokenOff() && !again && onToken != nil:
			again = true
			out.restart()
		default:
			return r, err
		}
	}
}

// resumed passes on a text that may start again. The reader keeps the pieces that
// it has. If the new text repeats them, only what follows is passed on. If the new
// text differs, none of it is.
type resumed struct {
	write func(string)
	out   string // pieces that the reader has
	now   string // pieces of the new text
	other bool   // the new text differs
}

func (r *resumed) restart() { r.now, r.other = "", false }

func (r *resumed) add(piece string) {
	r.now += piece
	switch {
	case r.other || len(r.now) <= len(r.out) && strings.HasPrefix(r.out, r.now):
	case strings.HasPrefix(r.now, r.out):
		more := r.now[len(r.out):]
		r.out = r.now
		r.write(more)
	default:
		r.other = true
	}
}

// errEnough stops a model that goes on writing after its limit.
var errEnough = errors.New("the text is past its limit")

// written counts a model's text against its token limit. Tokens are estimated,
// and a server's own tokens may be shorter, so the text may be twice the limit.
type written struct {
	limit         int // in tokens
	ascii, others int // letters so far
	full          bool
	text          strings.Builder
}

// add returns the part of a piece that there is room for.
func (w *written) add(piece string) string {
	for i, r := range piece {
		if w.full {
			return piece[:i]
		}
		if r < utf8.RuneSelf {
			w.ascii++
		} else {
			w.others++
		}
		if (w.ascii+3)/4+w.others > 2*w.limit+spare {
			w.full = true
			w.text.WriteString(piece[:i])
			return piece[:i]
		}
	}
	w.text.WriteString(piece)
	return piece
}

// spare is the number of tokens by which a text may exceed twice its limit. It
// matters for short limits. Not measured.
const spare = 32
