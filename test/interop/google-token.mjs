// A real client of Google's: google-auth-library with Application Default Credentials, as any program would use it.
import { GoogleAuth } from "google-auth-library";

const client = await new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" }).getClient();
const { token } = await client.getAccessToken();
console.log(token);
