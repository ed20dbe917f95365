package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/serve/keys"
)

func newKeysCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Create, list and revoke the keys of the server", RunE: onlySubcommands}
	cmd.AddCommand(newKeysCreateCmd(a), newKeysListCmd(a), newKeysRevokeCmd(a))
	return cmd
}

type keysCreateOptions struct {
	name        string
	collections string
	write       bool
	origins     string
	rate        float64
	expires     time.Duration
	asJSON      bool
}

func newKeysCreateCmd(a *app) *cobra.Command {
	o := &keysCreateOptions{}
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create a key",
		Long: `Create a key for the tenant of the settings. Its text is printed once, on
standard output; only its hash is kept. It works at once. Once there is a key,
the server answers no request without one.`,
		Example: `  selfrag keys create --name chat --collections handbook,notes
  selfrag keys create --name uploads --tenant harbour --write --expires 720h
  selfrag keys create --name site --collections handbook --origins https://www.example.org --rate 2`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return runKeysCreate(a, o) },
	}
	cmd.Flags().StringVar(&o.name, "name", "", "`NAME` of the key, for people: its purpose")
	cmd.Flags().StringVar(&o.collections, "collections", "", "comma-separated `COLLECTIONS` that the key gives access to; empty: all of the tenant's")
	cmd.Flags().BoolVar(&o.write, "write", false, "allow the key to upload, rename and delete")
	cmd.Flags().StringVar(&o.origins, "origins", "", "comma-separated web `ORIGINS`, for a widget: the key works only on their pages, and may only ask")
	cmd.Flags().Float64Var(&o.rate, "rate", 0, "`RATE` of requests a second that the key may send; 0: the server's setting, negative: no limit")
	cmd.Flags().DurationVar(&o.expires, "expires", 0, "`DURATION` after which the key expires; 0: never")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	return cmd
}

func runKeysCreate(a *app, o *keysCreateOptions) error {
	k := keys.Key{Name: o.name, Tenant: a.settings.Tenant, Write: o.write, Rate: o.rate}
	most := 255 // maximum length of a tenant's name in bytes
	if a.settings.Store == config.StoreMilvus {
		most = 1024
	}
	if len(k.Tenant) > most || !utf8.ValidString(k.Tenant) {
		return fault.Usagef("keys create: %.40q is not a valid tenant name: use at most %d bytes of UTF-8", k.Tenant, most)
	}
	for _, c := range strings.Split(o.collections, ",") {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if err := retrieval.CheckName(c); err != nil {
			return fault.Usagef("keys create: %w", err)
		}
		k.Collections = append(k.Collections, c)
	}
	if o.collections != "" && len(k.Collections) == 0 {
		return fault.Usage(errors.New("keys create: --collections names no collection"))
	}
	for _, origin := range strings.Split(o.origins, ",") {
		if origin = strings.TrimSpace(origin); origin == "" {
			continue
		}
		if err := config.CheckOrigin(origin); err != nil {
			return fault.Usagef("keys create: --origins: %w", err)
		}
		k.Origins = append(k.Origins, origin)
	}
	if o.origins != "" && (len(k.Origins) == 0 || k.Write) {
		return fault.Usage(errors.New("keys create: --origins needs an origin, and no --write: anybody can read the key in the page"))
	}
	if o.expires < 0 {
		return fault.Usage(errors.New("keys create: --expires must not be negative"))
	}
	if o.expires > 0 {
		at := time.Now().Add(o.expires).UTC().Truncate(time.Second)
		k.Expires = &at
	}
	text, k, err := keys.In(a.settings.KeysDir()).Create(k)
	if err != nil {
		return err
	}
	if err := showKey(a, text, k, o.asJSON); err != nil {
		// Nobody knows the key, so it must not close the server.
		return errors.Join(fmt.Errorf("show the new key, which is deleted again: %w", err), keys.In(a.settings.KeysDir()).Delete(k.ID))
	}
	return nil
}

func showKey(a *app, text string, k keys.Key, asJSON bool) error {
	if asJSON {
		return a.JSON(struct {
			Text string `json:"key"`
			keys.Key
		}{text, k})
	}
	if _, err := fmt.Fprintln(a.Out, text); err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "Key %s is shown only this once.\n", k.ID)
	return nil
}

func newKeysListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the keys, without their secrets", Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			all, err := keys.In(a.settings.KeysDir()).List()
			if err != nil {
				return err
			}
			if asJSON {
				return a.JSON(all)
			}
			if len(all) == 0 {
				fmt.Fprintln(a.Err, "No keys yet; `selfrag keys create` makes one.")
				return nil
			}
			w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tNAME\tTENANT\tCOLLECTIONS\tMAY\tSTATE")
			for _, k := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, term.Printable(k.Name), term.Printable(cmp.Or(k.Tenant, "(default)")),
					cmp.Or(strings.Join(k.Collections, ","), "(all)"), may(k), keyState(k))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// may returns a few words that say what a key allows.
func may(k keys.Key) string {
	switch {
	case len(k.Origins) > 0:
		return "ask from " + strings.Join(k.Origins, ",")
	case k.Write:
		return "read, write"
	}
	return "read"
}

func keyState(k keys.Key) string {
	switch {
	case k.Revoked != nil:
		return "revoked " + k.Revoked.Local().Format(time.DateTime)
	case k.Expires != nil && !time.Now().Before(*k.Expires):
		return "expired " + k.Expires.Local().Format(time.DateTime)
	case k.Expires != nil:
		return "until " + k.Expires.Local().Format(time.DateTime)
	}
	return "valid"
}

func newKeysRevokeCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "Revoke a key: it is refused from now on", Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			k, err := keys.In(a.settings.KeysDir()).Revoke(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Err, "Revoked key %s.\n", k.ID)
			return nil
		},
	}
}
