import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { session } from "./client";
import { Field, Problem } from "./form";
import { graphql } from "./gql";

/** Its payload brings what the head of every screen shows. */
const Login = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      token
      deviceToken
      query { ...Shell }
      userErrors { ...Problems }
    }
  }
`);

export function SignIn() {
  const [form, setForm] = useState({ username: "", password: "" });
  const [login, { data, loading }] = useMutation(Login);
  const problems = data?.login?.userErrors;
  const submit = async () => {
    const deviceToken = localStorage.getItem("deviceToken"); // strangers' wrong guesses do not hold this device up
    const answer = (await login({ variables: { input: { ...form, deviceToken } } })).data?.login;
    if (answer?.deviceToken) localStorage.setItem("deviceToken", answer.deviceToken);
    if (answer?.token) session(answer.token);
  };
  return (
    <form className="sign-in" action={submit}>
      <h1>进销存</h1>
      <Field label="用户名" at="username" value={form.username} problems={problems}
        onChange={(username) => setForm({ ...form, username })} />
      <Field label="密码" at="password" type="password" value={form.password} problems={problems}
        onChange={(password) => setForm({ ...form, password })} />
      <Problem at="" of={problems} />
      <button disabled={loading}>登录</button>
    </form>
  );
}
