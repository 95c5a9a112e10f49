unpacked().then(found => {
  data = found;
  frame({ overview, articles, officials, places, figures }, { article, official, place });
});
