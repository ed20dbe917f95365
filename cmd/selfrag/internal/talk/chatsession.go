package talk

import (
	"errors"
	"fmt"
	"strings"

	"selfrag/fault"
	"selfrag/session"
)

// resume continues a session with the collection and the strategy of that
// session, unless a flag names another collection or strategy.
func (c *chat) resume(name string) error {
	if name == "" {
		return nil
	}
	file, kept, fresh, err := session.In(c.settings.SessionsDir()).Open(name)
	if err != nil {
		return NameIsUsage(err)
	}
	c.file, c.kept = file, kept
	if fresh {
		return nil
	}
	s := c.settings
	for _, v := range []struct{ key, kept string }{{"collection", kept.Collection}, {"strategy", kept.Strategy}} {
		if v.kept == "" || strings.HasPrefix(s.Origin(v.key), "flag ") {
			continue
		}
		if s, err = s.With(v.key, v.kept, "session "+name); err != nil {
			return fmt.Errorf("resume session %q: %w", name, err)
		}
	}
	c.settings = s
	return nil
}

// NameIsUsage turns an error about the name of a session into a usage error.
func NameIsUsage(err error) error {
	if wrong := (*session.NameError)(nil); errors.As(err, &wrong) {
		return fault.Usage(err)
	}
	return err
}

// save saves the conversation if it belongs to a session. If another program
// has written to the session meanwhile, save uses a new session, such as
// "leave-2" for "leave", so that both conversations are kept.
func (c *chat) save() error {
	if c.file == nil {
		return nil
	}
	c.kept.Collection, c.kept.Strategy = c.settings.Collection, c.settings.Strategy
	c.kept.State = c.talk.State()
	err := c.file.Save(c.kept, c.now())
	if !errors.Is(err, session.ErrChanged) {
		return err
	}
	before := c.file.Name
	for n := 2; errors.Is(err, session.ErrChanged); n++ {
		file, _, fresh, openErr := session.In(c.settings.SessionsDir()).Open(fmt.Sprintf("%s-%d", before, n))
		if openErr != nil || !fresh {
			if n < 100 {
				continue
			}
			return fmt.Errorf("%w, and no name near it is free: /save NAME keeps this conversation", err)
		}
		if err = file.Save(c.kept, c.now()); err == nil {
			c.file = file
			c.note("Another program has changed session %s meanwhile; this conversation is kept as %s.", before, file.Name)
		}
	}
	return err
}

// saveAs saves the conversation under the given name, now and after each
// further answer. If the name is empty, the conversation keeps its present name
// or is named after the time.
func (c *chat) saveAs(name string) error {
	if name == "" && c.file == nil {
		name = c.now().Format("2006-01-02-150405")
	}
	if name != "" && (c.file == nil || c.file.Name != name) {
		file, _, fresh, err := session.In(c.settings.SessionsDir()).Open(name)
		if err != nil {
			return NameIsUsage(err)
		}
		if !fresh {
			return fault.Usagef("session %q already exists: take another name, or resume it with `selfrag chat --session %s`", name, name)
		}
		c.file = file
	}
	if err := c.save(); err != nil {
		return err
	}
	c.note("Kept as session %s; `selfrag chat --session %s` resumes it.", c.file.Name, c.file.Name)
	return nil
}
