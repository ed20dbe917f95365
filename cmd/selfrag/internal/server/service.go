package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/prompts"
	"selfrag/serve"
	"selfrag/session"
)

// newService returns the service over the parts. uploads is the path of the
// folder in which uploads wait. If uploads is "", the service refuses uploads. kept
// are the sources of the server, or nil.
func newService(s config.Settings, parts *wire.Served, uploads string, kept serve.Sources) (*serve.Service, error) {
	secret, err := sharedSecret(s.DataDir)
	if err != nil {
		return nil, err
	}
	arms, err := serve.ParseArms(s.Experiment, s.Arms)
	if err != nil {
		return nil, fault.Usage(err)
	}
	service, err := serve.New(serve.Config{
		Libraries: parts, Engine: parts, Models: parts, Ingester: parts, Feedback: parts, Sources: kept, Pages: parts.Pages(), Secret: secret,
		Sessions:   func(t serve.Tenant) (*session.Store, error) { return sessionsOf(s, t) },
		Questions:  func(t serve.Tenant, collection string) ([]string, error) { return questionsOf(s, t, collection) },
		Originals:  func(t serve.Tenant) (serve.Originals, error) { return wire.OriginalsOf(s, t) },
		Collection: s.Collection, Strategy: s.Strategy, Arms: arms,
		Jobs:  serve.JobsConfig{Dir: uploads},
		Label: wire.LabelTurn, Follow: parts.FollowTurn, Unmark: prompts.Unmarked,
	})
	if err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	return service, nil
}

// sessionsOf returns the store of a tenant's sessions.
func sessionsOf(s config.Settings, t serve.Tenant) (*session.Store, error) {
	s, err := wire.SettingsOf(s, t)
	if err != nil {
		return nil, err
	}
	return session.In(s.SessionsDir()), nil
}

// questionsOf returns the example questions that a person wrote down for a collection
// of a tenant. It returns none if the file for them does not exist.
func questionsOf(s config.Settings, t serve.Tenant, collection string) ([]string, error) {
	s, err := wire.SettingsOf(s, t)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(s.QuestionsFile(collection))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the example questions of a collection: %w", err)
	}
	return strings.Split(string(content), "\n"), nil
}

// sharedSecret returns the secret that signs the ids of answers. It is stored
// in the data folder, so replicas that share the folder use the same secret.
func sharedSecret(dataDir string) ([]byte, error) {
	path := filepath.Join(dataDir, "serve-secret")
	for {
		secret, err := os.ReadFile(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return secret, err
		}
		if err := os.MkdirAll(dataDir, 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
		random := make([]byte, 32)
		_, _ = rand.Read(random) // never fails
		fresh, err := os.CreateTemp(dataDir, ".secret-*")
		if err != nil {
			return nil, fmt.Errorf("make the secret of the service: %w", err)
		}
		_, err = fresh.Write(random)
		err = errors.Join(err, fresh.Close())
		if err == nil {
			// The link fails if another replica has just created the file. Then
			// the next round of the loop reads the secret of that replica.
			if err = os.Link(fresh.Name(), path); errors.Is(err, fs.ErrExist) {
				err = nil
			}
		}
		if err = errors.Join(err, os.Remove(fresh.Name())); err != nil {
			return nil, fmt.Errorf("make the secret of the service: %w", err)
		}
	}
}
