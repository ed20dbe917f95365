// Package bot answers questions in chat services as the server answers them: a
// desk asks a [serve.Scope], keeps a conversation for each thread, and finishes
// the answers that are written after their request was acknowledged before the
// program ends.
//
// It knows no chat service. The packages below it do, slack and kakao: they take
// requests, call Desk.Go and Desk.Ask, and send replies.
package bot
