"""Comments and followers (评论与关注): what people say about documents, and who wants to hear of them.

| word | 中文 | here |
|---|---|---|
| comment | 评论 | what somebody said about a document of any kind, for all who see it |
| mention | 提及 | a user whom a comment is meant for; only of those who see the document |
| earlier text | 评论原文 | what a comment said before it was edited |
| follower | 关注人 | who wants to hear of a document; its author does by himself, until he does not want to |

Tables: `comment`, `earlier_text`, `mention`, `follower`.

A comment has no life but this: it is edited by its author, each text that it had stays, and it is deleted by its author
or by whoever manages the company. Then its row stays, with who and when, and no text of it anywhere: facts have none.

Whoever sees a document sees its comments and followers, and nobody else, by whatever way: the row of each names its
document, and hides where that is hidden (`hides_row`). What is mentioned to somebody who lost sight of a document since
is hidden from him as well.

`documents(where: {followers: {userId: …}})` is what somebody follows, `comments(where: {mentions: {userId: …}})` what
is meant for him. `documentDiscussed` tells of both as they happen; whether the caller sees the document is looked at
when it is told.

Always true: a comment has a text exactly as long as it is not deleted; a user is mentioned once by a comment, and
follows a document once.

Facts: `CommentAdded`, `CommentEdited`, `CommentDeleted` are the stream; `DocumentFollowed`, `DocumentUnfollowed`.

Doors: `operations`.
"""
