package call

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

// insist makes a call for text, and makes it again where that may help: with more
// room for a model that thinks, until a text comes, and once where the answer broke
// off. Each is a call of the budget.
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

// resumed passes on a text that may begin anew. What its reader has stays: as far
// as the new text is the same it is left out, and one that turns out to be another
// is not passed on.
type resumed struct {
	write func(string)
	out   string // that the reader has
	now   string // of the new text
	other bool
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

// errEnough stops a model that writes on past its limit.
var errEnough = errors.New("the text is past its limit")

// written counts what a model wrote against its limit of tokens. A server's tokens
// may be longer or shorter than estimated, so twice the limit is let pass.
type written struct {
	limit         int // in tokens
	ascii, others int // letters so far
	full          bool
	text          strings.Builder
}

// add returns as much of a piece as there is room for.
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

// spare is how many tokens a short limit may be passed by. Not measured.
const spare = 32
