package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
)

func serve(readyFile, issuerAt, caFile, certificateFile string) error {
	authenticated, err := authenticatorOf(issuerAt, caFile)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := os.WriteFile(readyFile, []byte(listener.Addr().String()), 0o600); err != nil {
		return err
	}
	return http.ServeTLS(listener, whoCame(authenticated), certificateFile, certificateFile)
}

// authenticatorOf reads the configuration on stdin. Every issuer is reached at issuerAt, because its name is in no DNS.
func authenticatorOf(issuerAt, caFile string) (authenticator.Request, error) {
	configuration, err := readConfiguration(os.Stdin)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, issuerAt)
	}
	tokens, err := oidc.New(context.Background(), oidc.Options{
		JWTAuthenticator:     configuration.JWT[0],
		Client:               &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}},
		SupportedSigningAlgs: oidc.AllValidSigningAlgorithms(), // what an API server takes for such a file
	})
	if err != nil {
		return nil, err
	}
	for tokens.HealthCheck() != nil {
		time.Sleep(20 * time.Millisecond)
	}
	return bearertoken.New(tokens), nil
}

func readConfiguration(source io.Reader) (*apiserver.AuthenticationConfiguration, error) {
	text, err := io.ReadAll(source)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	codecs := serializer.NewCodecFactory(scheme, serializer.EnableStrict)
	configuration := &apiserver.AuthenticationConfiguration{}
	return configuration, runtime.DecodeInto(codecs.UniversalDecoder(), text, configuration)
}

func whoCame(authenticated authenticator.Request) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		response, ok, err := authenticated.AuthenticateRequest(request)
		if !ok {
			http.Error(writer, fmt.Sprint("refused: ", err), http.StatusUnauthorized)
			return
		}
		fmt.Fprintln(writer, response.User.GetName())
	})
}
