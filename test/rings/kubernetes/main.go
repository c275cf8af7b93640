// Both ends of a call to Kubernetes, by Kubernetes' own code:
//
//	kubernetes serve --ready-file FILE ISSUER-ADDRESS CA-FILE CERTIFICATE-FILE < AuthenticationConfiguration
//	kubernetes ask KUBECONFIG
//
// `serve` judges bearer tokens as an API server does that has the file on stdin as `--authentication-config`, and answers every
// request with who came. `ask` asks it as kubectl does, and prints that.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 6 && words[0] == "serve" && words[1] == "--ready-file":
		return serve(words[2], words[3], words[4], words[5])
	case len(words) == 2 && words[0] == "ask":
		return ask(words[1])
	}
	return fmt.Errorf("it is none of both: %v", words)
}
