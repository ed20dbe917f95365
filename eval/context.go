package eval

import "context"

type queryKey struct{}

// withQuery returns a context that holds the question that is being asked.
func withQuery(ctx context.Context, q Query) context.Context {
	return context.WithValue(ctx, queryKey{}, q)
}

// QueryFrom returns the question that a run is now asking. It returns false if
// ctx holds no question. The functions Ask and Shorten of an Arm get only the
// text of the question, but traces also need its id.
func QueryFrom(ctx context.Context) (Query, bool) {
	q, ok := ctx.Value(queryKey{}).(Query)
	return q, ok
}
