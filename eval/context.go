package eval

import "context"

type queryKey struct{}

// withQuery marks work under the context as part of a question.
func withQuery(ctx context.Context, q Query) context.Context {
	return context.WithValue(ctx, queryKey{}, q)
}

// QueryFrom returns the question of a run that is being asked under the
// context. Ask and Shorten of an Arm get only its text, but traces need more.
func QueryFrom(ctx context.Context) (Query, bool) {
	q, ok := ctx.Value(queryKey{}).(Query)
	return q, ok
}
