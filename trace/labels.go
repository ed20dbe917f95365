package trace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
)

// Labels say to what a turn belongs. They are set on every span of it.
type Labels struct {
	Name     string            // of the trace, as "ask" or "chat"
	Session  string            // groups the turns of a conversation
	User     string            // who asked
	Tags     []string          // to filter traces by
	Metadata map[string]string // to filter traces by

	// All are further attributes of every span, and Root of the turn's own
	// span alone. RootID, if not empty, is the key under which every span has
	// the id of the turn's own.
	All, Root []attribute.KeyValue
	RootID    string
}

// The attributes that labels become, beside user.id and session.id.
const (
	keyTraceName = "selfrag.trace.name"
	keyTraceTags = "selfrag.trace.tags"
	keyTraceMeta = "selfrag.trace.metadata."
	keyUser      = "user.id"
	keySession   = "session.id"
)

type labelsKey struct{}

// labelled are the labels of one turn.
type labelled struct {
	Labels
	root atomic.Pointer[string] // the id of the turn's own span, once that began
}

// With labels the one turn that is asked under the returned context. Labels that
// the context has are taken over where these leave them empty.
func With(ctx context.Context, l Labels) context.Context {
	if before, ok := ctx.Value(labelsKey{}).(*labelled); ok {
		l = before.with(l)
	}
	return context.WithValue(ctx, labelsKey{}, &labelled{Labels: l})
}

// with is the labels with others above them.
func (l *labelled) with(over Labels) Labels {
	out := l.Labels
	for _, f := range []struct{ to, from *string }{{&out.Name, &over.Name}, {&out.Session, &over.Session}, {&out.User, &over.User}, {&out.RootID, &over.RootID}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	out.Tags = append(slices.Clone(out.Tags), over.Tags...)
	out.All = append(slices.Clone(out.All), over.All...)
	out.Root = append(slices.Clone(out.Root), over.Root...)
	merged := map[string]string{}
	for _, m := range []map[string]string{out.Metadata, over.Metadata} {
		for k, v := range m {
			merged[k] = v
		}
	}
	out.Metadata = merged
	return out
}

// begin tells whether a span is the first under the labels: the turn's own.
func (l *labelled) begin(id string) bool { return l.root.CompareAndSwap(nil, &id) }

// attributes are those of a span; root is the id of the turn's own span, and
// isRoot says that it is this one.
func (l Labels) attributes(root string, isRoot bool) []attribute.KeyValue {
	out := slices.Clone(l.All)
	for key, v := range map[string]string{keyTraceName: l.Name, keySession: ascii(l.Session), keyUser: ascii(l.User)} {
		if v != "" {
			out = append(out, attribute.String(key, v))
		}
	}
	if len(l.Tags) > 0 {
		out = append(out, attribute.StringSlice(keyTraceTags, l.Tags))
	}
	for k, v := range l.Metadata {
		out = append(out, attribute.String(keyTraceMeta+k, v))
	}
	if isRoot {
		out = append(out, l.Root...)
	}
	if l.RootID != "" {
		out = append(out, attribute.String(l.RootID, root))
	}
	return out
}

// longestID is the most characters that an id of a session or a user may have
// in Langfuse, which drops longer ones, and any that are not ASCII.
const longestID = 200

// ascii is an id as every server takes it: other characters percent-encoded,
// a long one cut, with a digest of the whole in place of the rest.
func ascii(id string) string {
	var b strings.Builder
	for _, c := range []byte(id) {
		if c < 0x20 || c > 0x7e || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	out := b.String()
	if len(out) < longestID {
		return out
	}
	digest := sha256.Sum256([]byte(id))
	return out[:longestID-34] + "-" + hex.EncodeToString(digest[:16])
}
