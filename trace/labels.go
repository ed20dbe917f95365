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

// Labels describe what a turn belongs to. They are set on every span of it.
type Labels struct {
	Name     string            // of the trace, such as "ask" or "chat"
	Session  string            // groups the turns of a conversation
	User     string            // who asked
	Tags     []string          // to filter traces by
	Metadata map[string]string // to filter traces by

	// All are further attributes of every span. Root are further attributes of
	// the turn's own span. RootID, if not empty, is a key under which every
	// span has the id of the turn's own span.
	All, Root []attribute.KeyValue
	RootID    string
}

// The attributes for labels, besides user.id and session.id.
const (
	keyTraceName = "selfrag.trace.name"
	keyTraceTags = "selfrag.trace.tags"
	keyTraceMeta = "selfrag.trace.metadata."
	keyUser      = "user.id"
	keySession   = "session.id"
)

type labelsKey struct{}

// labelled holds the labels of one turn.
type labelled struct {
	Labels
	root atomic.Pointer[string] // id of the turn's own span, once it began
}

// With returns a context that labels the one turn asked under it. Labels that
// are empty in l are taken from the context.
func With(ctx context.Context, l Labels) context.Context {
	if before, ok := ctx.Value(labelsKey{}).(*labelled); ok {
		l = before.with(l)
	}
	return context.WithValue(ctx, labelsKey{}, &labelled{Labels: l})
}

// with returns the labels overridden by others.
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

// begin reports whether a span is the first one under the labels: the turn's
// own.
func (l *labelled) begin(id string) bool { return l.root.CompareAndSwap(nil, &id) }

// attributes returns the labels as attributes of a span. root is the id of the
// turn's own span, and isRoot says that this is it.
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

// longestID is the maximum length of a session or user id in Langfuse, which
// drops longer ids and ids that are not ASCII.
const longestID = 200

// ascii returns an id that every server accepts. Other characters are
// percent-encoded. A long id is cut, with a digest of the whole id in place of
// the rest.
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
