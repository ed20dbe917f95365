package session_test

import (
	"fmt"
	"os"
	"time"

	"selfrag/agent"
	"selfrag/session"
)

// A conversation is kept, and listed with how many questions it has.
func ExampleStore() {
	dir, err := os.MkdirTemp("", "sessions-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store := session.In(dir)
	file, kept, fresh, err := store.Open("harbour")
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	kept.Collection = "handbook"
	kept.Turns = append(kept.Turns, session.Turn{Asked: now, Answer: agent.Answer{Question: "When does the ferry leave?", Text: "At seven. [1]"}})
	if err := file.Save(kept, now); err != nil {
		fmt.Println(err)
		return
	}
	list, err := store.List()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fresh, list[0].Name, list[0].Collection, list[0].Questions)
	// Output: true harbour handbook 1
}
