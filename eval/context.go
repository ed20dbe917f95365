package eval

import "context"

type queryKey struct{}

// withQuery marks what is done under the context as part of a question.
func withQuery(ctx context.Context, q Query) context.Context {
	return context.WithValue(ctx, queryKey{}, q)
}

// QueryFrom is the question of a run that is being asked under the context: an
// Arm's Ask and Shorten are given its text alone, and traces tell more.
func QueryFrom(ctx context.Context) (Query, bool) {
	q, ok := ctx.Value(queryKey{}).(Query)
	return q, ok
}
