// Package chatbot is the common part of the example bots: an agent over a
// collection that `selfrag ingest` filled, a conversation for each thread, and
// answers that are written after their request was acknowledged and finished
// before the program ends.
//
// It knows no chat service. Those are in ../slack and ../kakao: they take
// requests, call Desk.Go and Desk.Ask, and send replies.
package chatbot
